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
import java.time.Duration;
import java.util.LinkedHashMap;
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

  private final Broker broker;
  private final Set<MqttSubscriber> subscribers = new LinkedHashSet<>();
  private int seconds;

  SysTopics(Broker broker) {
    this.broker = broker;
  }

  /** Tells whether a topic or a filter is of the node's own state. */
  static boolean owns(String topic) {
    return topic.startsWith(ROOT)
        && (topic.length() == ROOT.length() || topic.charAt(ROOT.length()) == '/');
  }

  /** Tells a subscriber from now on. */
  void join(MqttSubscriber subscriber) {
    subscribers.add(subscriber);
  }

  /** Tells a subscriber no more. */
  void leave(MqttSubscriber subscriber) {
    subscribers.remove(subscriber);
  }

  /** Returns what stands there now, as retained messages. */
  List<Event> current() {
    return values().entrySet().stream()
        .map(value -> Event.current(NO_TABLE, value.getKey(), row(value), null))
        .toList();
  }

  /** Lets a second pass. */
  void everySecond() {
    seconds = (seconds + 1) % PERIOD_SECONDS;
    if (seconds != 0 || subscribers.isEmpty()) {
      return;
    }
    values()
        .entrySet()
        .forEach(value -> {
          Event event = Event.change(NO_TABLE, value.getKey(), entry(value), Place.START);
          subscribers.forEach(subscriber -> subscriber.tellSys(event));
        });
  }

  private Map<String, String> values() {
    MqttCounters counters = broker.counters();
    long uptime = Duration.between(broker.startedAt(), broker.clock().instant()).toSeconds();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("$SYS/broker/version", broker.version());
    values.put("$SYS/broker/uptime", uptime + " seconds");
    put(values, "$SYS/broker/clients/connected", counters.value(Count.CONNECTED));
    put(values, "$SYS/broker/clients/total", counters.value(Count.CONNECTIONS));
    put(values, "$SYS/broker/messages/received", counters.value(Count.PACKETS_RECEIVED));
    put(values, "$SYS/broker/messages/sent", counters.value(Count.PACKETS_SENT));
    put(values, "$SYS/broker/bytes/received", counters.value(Count.BYTES_RECEIVED));
    put(values, "$SYS/broker/bytes/sent", counters.value(Count.BYTES_SENT));
    put(values, "$SYS/broker/subscriptions/count", counters.value(Count.SUBSCRIPTIONS));
    return values;
  }

  private static void put(Map<String, String> values, String topic, long value) {
    values.put(topic, Long.toString(value));
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
