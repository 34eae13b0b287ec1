package dev.lyrebird.resuming;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.history.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What one follower was told, and whether that is what it had to be told: every message that was
 * sent while it was subscribed, once and in the order of its publisher, and the rows as they are in
 * the end. Pure; owned by the thread of its episode.
 */
final class Account {

  private static final int NOTHING = Integer.MAX_VALUE;

  private final Interest interest;
  private final List<Message> sent;
  private final Set<Write> seen = new HashSet<>();
  private final Map<String, Integer> lastOfPublisher = new HashMap<>();
  private final Map<String, JsonNode> rows = new HashMap<>();
  private final Map<String, Double> versions = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private String node = "";

  /** From this one on, what was sent had to come. */
  private int owedFrom = NOTHING;

  private int told;

  /**
   * Opens an account of nothing.
   *
   * @param sent all messages of the episode in the order in which they were sent; it grows
   */
  Account(Interest interest, List<Message> sent) {
    this.interest = interest;
    this.sent = sent;
  }

  /** Goes on at this node; the versions of another one are no measure here. */
  void goesOnAt(String other) {
    if (!node.equals(other)) {
      versions.clear();
      node = other;
    }
  }

  /** The follower has a place from now on: nothing sent from now on may be missed. */
  void hasPlace() {
    if (owedFrom == NOTHING) {
      owedFrom = sent.size();
    }
  }

  /** The follower had no place when it lost its connection: it is a new one. */
  void beginsAnew() {
    losesItsPlace();
    owedFrom = NOTHING;
  }

  /** The node has said that it cannot go on: messages are missing up to here. */
  void losesItsPlace() {
    seen.clear();
    lastOfPublisher.clear();
    rows.clear();
    owedFrom = sent.size();
  }

  /** The rows are told anew; messages go on. */
  void forgetsRows() {
    rows.clear();
  }

  void put(String row, double version, JsonNode value) {
    rows.put(row, value);
    rowWasAt(row, version);
  }

  void delete(String row, double version) {
    rows.remove(row);
    rowWasAt(row, version);
  }

  /** A message came that may come only once. */
  void once(Message message) {
    if (!first(message)) {
      faults.add("was told again " + message);
    }
  }

  /** A message came that may come again. */
  void atLeastOnce(Message message) {
    var _ = first(message);
  }

  void blame(String fault) {
    faults.add(fault);
  }

  List<String> faults() {
    return List.copyOf(faults);
  }

  /** How many messages and changes it was told. */
  int told() {
    return told;
  }

  /** The messages that had to come and have not. */
  List<Message> missing() {
    return sent.stream()
        .skip(owedFrom)
        .filter(message -> interest.covers(message.row()) && !seen.contains(message.write()))
        .toList();
  }

  /** What is wrong with the rows that it was told, against those that there are. */
  List<String> wrongRows(Map<String, JsonNode> held) {
    Set<String> all = new HashSet<>(held.keySet());
    all.addAll(rows.keySet());
    return all.stream()
        .filter(interest::covers)
        .filter(row -> !Objects.equals(held.get(row), rows.get(row)))
        .map(row -> "was told %s = %s, but it is %s".formatted(row, rows.get(row), held.get(row)))
        .toList();
  }

  private boolean first(Message message) {
    told++;
    if (!interest.covers(message.row())) {
      faults.add("is not subscribed to " + message);
    }
    if (!seen.add(message.write())) {
      return false;
    }
    Write write = message.write();
    Integer before = lastOfPublisher.put(write.writer(), write.number());
    if (before != null && before > write.number()) {
      faults.add("was told " + message + " after #" + before);
    }
    return true;
  }

  private void rowWasAt(String row, double version) {
    told++;
    if (!interest.covers(row)) {
      faults.add("is not subscribed to " + row);
    }
    Double before = versions.put(row, version);
    if (before != null && before > version) {
      faults.add("was told version %s of %s after %s".formatted(version, row, before));
    }
  }
}
