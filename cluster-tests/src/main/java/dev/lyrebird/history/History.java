package dev.lyrebird.history;

import java.util.List;
import java.util.Map;

/**
 * All that is known of one run, once the nodes have come to rest.
 *
 * @param sent every write that was sent, acknowledged or not, in the order of its writer
 * @param observers everybody that watched
 * @param rows what each node holds in the end: node, topic, and the write that made the row
 */
public record History(
    List<Sent> sent, List<Observer> observers, Map<String, Map<String, Write>> rows) {

  public History {
    sent = List.copyOf(sent);
    observers = List.copyOf(observers);
    rows = Map.copyOf(rows);
  }

  /** The judgement of every law. */
  public List<Verdict> verdicts() {
    return List.of(Law.values()).stream().map(law -> law.judge(this)).toList();
  }
}
