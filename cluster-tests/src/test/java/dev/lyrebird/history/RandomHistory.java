package dev.lyrebird.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What an honest cluster might do, from a seed: every node has one writer, learns of the others'
 * writes in any order that keeps each writer's own, and tells its observer what wins there.
 */
final class RandomHistory {

  private static final int NODES = 3;
  private static final int WRITES_OF_A_NODE = 20;
  private static final int TOPICS = 4;
  private static final List<Kind> KINDS = List.of(Kind.values());

  private final RandomGenerator random;
  private final Map<Sent, Long> versions = new LinkedHashMap<>();

  RandomHistory(RandomGenerator random) {
    this.random = random;
  }

  History next() {
    versions.clear();
    long[] clocks = new long[NODES];
    for (int i = 0; i < NODES * WRITES_OF_A_NODE; i++) {
      int node = i % NODES;
      clocks[node] = Math.max(clocks[node], random.nextLong(i + 1)) + 1;
      versions.put(sent(node, i / NODES + 1), clocks[node] * NODES + node);
    }
    List<Observer> observers = new ArrayList<>();
    Map<String, Map<String, Write>> rows = new HashMap<>();
    for (int node = 0; node < NODES; node++) {
      List<Sighting> told = new ArrayList<>();
      rows.put(name(node), fold(arrivals(), told));
      observers.add(new Observer("o" + node, name(node), Attendance.AT_SEVERAL, told));
    }
    return new History(List.copyOf(versions.keySet()), observers, rows);
  }

  private Sent sent(int node, int number) {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    String topic = "t" + random.nextInt(TOPICS);
    return new Sent(new Write("w" + node, number), name(node), topic, kind, true);
  }

  /** All writes, in an order that keeps that of each writer. */
  private List<Sent> arrivals() {
    List<List<Sent>> chains = new ArrayList<>();
    for (int node = 0; node < NODES; node++) {
      String name = name(node);
      chains.add(
          new ArrayList<>(
              versions.keySet().stream().filter(sent -> sent.node().equals(name)).toList()));
    }
    List<Sent> order = new ArrayList<>();
    while (order.size() < versions.size()) {
      List<Sent> chain = chains.get(random.nextInt(NODES));
      if (!chain.isEmpty()) {
        order.add(chain.removeFirst());
      }
    }
    return order;
  }

  private Map<String, Write> fold(List<Sent> arrivals, List<Sighting> told) {
    Map<String, Write> rows = new HashMap<>();
    Map<String, Long> latest = new HashMap<>();
    for (Sent sent : arrivals) {
      long version = versions.getOrDefault(sent, 0L);
      boolean wins = version > latest.getOrDefault(sent.topic(), 0L);
      if (sent.kind() == Kind.MESSAGE || wins) {
        told.add(sighting(sent, version));
      }
      if (sent.kind() != Kind.MESSAGE && wins) {
        latest.put(sent.topic(), version);
        if (sent.kind() == Kind.PUT) {
          rows.put(sent.topic(), sent.write());
        } else {
          rows.remove(sent.topic());
        }
      }
    }
    return rows;
  }

  private static Sighting sighting(Sent sent, long version) {
    return new Sighting(
        sent.kind(),
        sent.topic(),
        sent.kind() == Kind.DELETE ? Optional.empty() : Optional.of(sent.write()),
        version);
  }

  private static String name(int node) {
    return "n" + node;
  }
}
