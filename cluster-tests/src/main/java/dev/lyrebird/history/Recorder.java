package dev.lyrebird.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gathers a history while it happens. Any thread may tell. */
public final class Recorder {

  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<Write, Sent> sent = new LinkedHashMap<>();
  private final Set<Write> acknowledged = new HashSet<>();
  private final Map<String, Log> logs = new LinkedHashMap<>();

  /** The next write of {@code writer}; it counts as sent from now. */
  public synchronized Write next(String writer, String node, String topic, Kind kind) {
    Write write = new Write(writer, numbers.merge(writer, 1, Integer::sum));
    sent.put(write, new Sent(write, node, topic, kind, false));
    return write;
  }

  /** The node has promised to keep the write. */
  public synchronized void acknowledge(Write write) {
    acknowledged.add(write);
  }

  /** What was sent under this name; empty if nothing was. */
  public synchronized Optional<Sent> sent(Write write) {
    return Optional.ofNullable(sent.get(write));
  }

  public synchronized int acknowledgements() {
    return acknowledged.size();
  }

  /** Where an observer of this name writes down what it is told. */
  public synchronized Log observer(String name, String node) {
    return observer(name, node, Interest.EVERYTHING_ONCE);
  }

  /** The same for one that is subscribed to less. */
  public synchronized Log observer(String name, String node, Interest interest) {
    return logs.computeIfAbsent(name, any -> new Log(name, node, interest));
  }

  /** The history so far, with the rows that the nodes hold now. */
  public synchronized History history(Map<String, Map<String, Write>> rows) {
    List<Sent> all = new ArrayList<>();
    sent.forEach((write, told) ->
        all.add(
            new Sent(write, told.node(), told.topic(), told.kind(), acknowledged.contains(write))));
    return new History(all, logs.values().stream().map(Log::observer).toList(), rows);
  }

  /** What one observer is told. Its client's thread tells; any thread may read. */
  public static final class Log {

    private final String name;
    private final Interest interest;
    private final List<Sighting> sightings = new ArrayList<>();
    private final Set<Write> seen = new HashSet<>();
    private final List<String> resets = new ArrayList<>();
    private String node;
    private Attendance attendance = Attendance.AT_ONE_NODE;

    private Log(String name, String node, Interest interest) {
      this.name = name;
      this.node = node;
      this.interest = interest;
    }

    public synchronized void add(Sighting sighting) {
      sightings.add(sighting);
      sighting.write().ifPresent(seen::add);
    }

    public synchronized boolean saw(Write write) {
      return seen.contains(write);
    }

    /** How many events it was told, repetitions included. */
    public synchronized int told() {
      return sightings.size();
    }

    /** How many different writes it was told of. */
    public synchronized int distinct() {
      return seen.size();
    }

    /** The observer goes on at another node, by its cursor. */
    public synchronized void moveTo(String other) {
      if (!node.equals(other) && attendance == Attendance.AT_ONE_NODE) {
        attendance = Attendance.AT_SEVERAL;
      }
      node = other;
    }

    /** The observer was told that it cannot go on where it was, for this reason. */
    public synchronized void reset(String reason) {
      resets.add(name + " at " + node + ": " + reason);
      attendance = Attendance.INTERRUPTED;
    }

    /** The observer was away and may have missed something. */
    public synchronized void interrupt() {
      attendance = Attendance.INTERRUPTED;
    }

    public String name() {
      return name;
    }

    /** The node that it is at. */
    public synchronized String node() {
      return node;
    }

    @Override
    public synchronized String toString() {
      return name + ", at " + node + ", " + sightings.size() + " events";
    }

    /** Every time that it could not go on where it was, and why. */
    public synchronized List<String> resets() {
      return List.copyOf(resets);
    }

    synchronized Observer observer() {
      return new Observer(name, node, attendance, interest, sightings);
    }
  }
}
