package dev.lyrebird.acceptance;

import dev.lyrebird.client.Browser;
import dev.lyrebird.harness.Addresses;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One subscriber of every kind on the same row. A kind that cannot be opened, or does not see what
 * it should, spoils its own lines only.
 */
final class SubscriberGroup implements AutoCloseable {

  private final Map<Subscriber.Kind, Subscriber> subscribers = new EnumMap<>(Subscriber.Kind.class);
  private final Map<Subscriber.Kind, Seen> failures = new EnumMap<>(Subscriber.Kind.class);

  SubscriberGroup(Addresses node, String path, Supplier<Browser> browser) {
    for (Subscriber.Kind kind : Subscriber.Kind.values()) {
      try {
        subscribers.put(kind, kind.open(node, path, browser));
      } catch (RuntimeException | AssertionError e) {
        failures.put(kind, new Seen.Failure(e));
      }
    }
  }

  /** Everything that each has seen through the line with {@code mark}. */
  Map<Subscriber.Kind, Seen> awaitThrough(String mark) {
    Map<Subscriber.Kind, Seen> seen = new EnumMap<>(failures);
    subscribers.forEach(
        (kind, subscriber) -> seen.put(kind, Seen.of(() -> subscriber.awaitThrough(mark))));
    return seen;
  }

  @Override
  public void close() {
    subscribers.values().forEach(Subscriber::close);
  }
}
