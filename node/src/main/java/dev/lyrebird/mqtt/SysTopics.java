package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Event;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state of the node under {@code $SYS/broker}, for the clients of one event loop: what stands
 * there when they subscribe, like retained messages, and again every ten seconds. It is no table's,
 * and a subscriber that is slow misses it until the next time.
 *
 * <p>Owned by the event loop.
 */
final class SysTopics {

  private static final String ROOT = "$SYS";
  private static final int PERIOD_SECONDS = 10;

  /** Stands in events for the index of a table. */
  static final int NO_TABLE = -1;

  private final SysTree tree;
  private final SessionCensus census;
  private final Set<MqttSubscriber> subscribers = new LinkedHashSet<>();
  private int seconds;

  SysTopics(SysTree tree, SessionCensus census) {
    this.tree = tree;
    this.census = census;
  }

  /** Tells whether a topic or a filter is of the node's own state. */
  static boolean owns(String topic) {
    return topic.startsWith(ROOT)
        && (topic.length() == ROOT.length() || topic.charAt(ROOT.length()) == '/');
  }

  /** Tells a subscriber from now on. */
  void join(MqttSubscriber subscriber) {
    subscribers.add(subscriber);
    census.begin();
  }

  /** Tells a subscriber no more. */
  void leave(MqttSubscriber subscriber) {
    subscribers.remove(subscriber);
  }

  /** Returns what stands there now, as retained messages. */
  List<Event> current() {
    return tree.values(census.away()).entrySet().stream()
        .map(value -> Event.current(NO_TABLE, value.getKey(), row(value), null))
        .toList();
  }

  /** Lets a second pass. */
  void everySecond() {
    tree.tick();
    seconds = (seconds + 1) % PERIOD_SECONDS;
    if (seconds != 0 || subscribers.isEmpty()) {
      return;
    }
    census.begin(); // for the next time
    tree.values(census.away())
        .entrySet()
        .forEach(value -> {
          Event event = Event.change(NO_TABLE, value.getKey(), entry(value), Place.START);
          subscribers.forEach(subscriber -> subscriber.tellSys(event));
        });
  }

  private static Row row(Map.Entry<String, String> value) {
    return new Row(value.getKey(), Timestamp.NONE, payload(value), Write.ANY_QOS, 0, 0);
  }

  private static Entry entry(Map.Entry<String, String> value) {
    Write write = Write.put(value.getKey(), payload(value));
    return new Entry(0, 0, new Change(Timestamp.NONE, write), null);
  }

  private static Payload payload(Map.Entry<String, String> value) {
    return Payload.of(value.getValue().getBytes(UTF_8));
  }
}
