package dev.lyrebird.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What stands under {@code $SYS/broker}: the state of this node by the names that mosquitto gave
 * such things, as far as they mean something here. One for the whole node; any thread may call.
 */
public final class SysTree {

  private static final String ROOT = "$SYS/broker/";
  private static final double SECONDS_PER_MINUTE = 60;
  private static final double MILLIS_PER_SECOND = 1000;

  /** How often the averages take in what has happened since. */
  private static final long PERIOD_MILLIS = 10_000;

  private static final int[] MINUTES = {1, 5, 15};

  private final MqttCounters counters;
  private final InstantSource clock;
  private final String version;
  private final Instant startedAt;

  /** What was counted when the averages were last brought up to date. Guarded by this. */
  private final Map<Load, Long> last = new EnumMap<>(Load.class);

  /** Events per minute, a moving average over each of {@link #MINUTES}. Guarded by this. */
  private final Map<Load, double[]> averages = new EnumMap<>(Load.class);

  private long lastMillis;

  /** What has averages. */
  private enum Load {
    CONNECTIONS("connections", Count.CONNECTS),
    SOCKETS("sockets", Count.SOCKETS),
    MESSAGES_RECEIVED("messages/received", Count.PACKETS_RECEIVED),
    MESSAGES_SENT("messages/sent", Count.PACKETS_SENT),
    BYTES_RECEIVED("bytes/received", Count.BYTES_RECEIVED),
    BYTES_SENT("bytes/sent", Count.BYTES_SENT),
    PUBLISH_RECEIVED("publish/received", Count.PUBLISHES_RECEIVED),
    PUBLISH_SENT("publish/sent", Count.PUBLISHES_SENT),
    PUBLISH_DROPPED("publish/dropped", Count.DROPPED, Count.QUEUE_DROPPED);

    private final String topic;

    @SuppressWarnings("ImmutableEnumChecker") // a list that cannot be changed
    private final List<Count> counts;

    Load(String topic, Count... counts) {
      this.topic = topic;
      this.counts = List.of(counts);
    }
  }

  /**
   * @param version of the program
   * @param startedAt when the node was started
   */
  public SysTree(MqttCounters counters, InstantSource clock, String version, Instant startedAt) {
    this.counters = counters;
    this.clock = clock;
    this.version = version;
    this.startedAt = startedAt;
    this.lastMillis = clock.millis();
    for (Load load : Load.values()) {
      last.put(load, 0L);
      averages.put(load, new double[MINUTES.length]);
    }
  }

  /** Brings the averages up to date, if it is time. */
  synchronized void tick() {
    long now = clock.millis();
    long millis = now - lastMillis;
    if (millis < 0) {
      lastMillis = now; // the clock was set back
    } else if (millis >= PERIOD_MILLIS) {
      lastMillis = now;
      for (Load load : Load.values()) {
        advance(load, millis / MILLIS_PER_SECOND);
      }
    }
  }

  private void advance(Load load, double seconds) {
    long total = load.counts.stream().mapToLong(counters::value).sum();
    long before = last.getOrDefault(load, 0L);
    last.put(load, total);
    double perMinute = (total - before) * SECONDS_PER_MINUTE / seconds;
    double[] average = averages.getOrDefault(load, new double[MINUTES.length]);
    for (int i = 0; i < MINUTES.length; i++) {
      double weight = Math.exp(-seconds / (SECONDS_PER_MINUTE * MINUTES[i]));
      average[i] = perMinute + weight * (average[i] - perMinute);
    }
  }

  /**
   * Returns what stands there now, by topic.
   *
   * @param away sessions whose clients are away, or {@link SessionCensus#UNKNOWN}
   */
  Map<String, String> values(long away) {
    long uptime = Duration.between(startedAt, clock.instant()).toSeconds();
    Map<String, String> values = new LinkedHashMap<>();
    values.put(ROOT + "version", "lyrebird version " + version);
    values.put(ROOT + "uptime", uptime + " seconds");
    put(values, "clients/connected", Count.CONNECTED);
    values.put(ROOT + "clients/maximum", Long.toString(counters.mostConnected()));
    if (away != SessionCensus.UNKNOWN) {
      values.put(ROOT + "clients/disconnected", Long.toString(away));
      long total = away + counters.value(Count.CONNECTED);
      values.put(ROOT + "clients/total", Long.toString(total));
    }
    put(values, "subscriptions/count", Count.SUBSCRIPTIONS);
    put(values, "shared_subscriptions/count", Count.SHARED_SUBSCRIPTIONS);
    put(values, "messages/received", Count.PACKETS_RECEIVED);
    put(values, "messages/sent", Count.PACKETS_SENT);
    put(values, "bytes/received", Count.BYTES_RECEIVED);
    put(values, "bytes/sent", Count.BYTES_SENT);
    put(values, "publish/messages/received", Count.PUBLISHES_RECEIVED);
    put(values, "publish/messages/sent", Count.PUBLISHES_SENT);
    put(values, "publish/messages/dropped", Count.DROPPED, Count.QUEUE_DROPPED);
    put(values, "publish/bytes/received", Count.PUBLISH_BYTES_RECEIVED);
    put(values, "publish/bytes/sent", Count.PUBLISH_BYTES_SENT);
    putAverages(values);
    return values;
  }

  private void put(Map<String, String> values, String topic, Count... counts) {
    long sum = Stream.of(counts).mapToLong(counters::value).sum();
    values.put(ROOT + topic, Long.toString(sum));
  }

  private synchronized void putAverages(Map<String, String> values) {
    averages.forEach((load, average) -> {
      for (int i = 0; i < MINUTES.length; i++) {
        values.put(
            "%sload/%s/%dmin".formatted(ROOT, load.topic, MINUTES[i]),
            String.format(Locale.ROOT, "%.2f", average[i]));
      }
    });
  }
}
