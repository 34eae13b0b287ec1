package dev.lyrebird.cluster;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Lets immutable values travel over the event bus of one node as they are, without being copied or
 * encoded. Their consumers are registered as local, so that they never leave the node.
 *
 * @param <T> what travels
 */
public final class ByReference<T> implements MessageCodec<T, T> {

  private static final String NAME = "by-reference";

  /** How to send such a value. */
  static final DeliveryOptions OPTIONS =
      new DeliveryOptions().setCodecName(NAME).setLocalOnly(true);

  private ByReference() {}

  /** Makes the codec known to an event bus, once for each. */
  public static void register(EventBus bus) {
    bus.registerCodec(new ByReference<>());
  }

  @Override
  public void encodeToWire(Buffer buffer, T value) {
    throw new UnsupportedOperationException("values that travel by reference stay on their node");
  }

  @Override
  public T decodeFromWire(int position, Buffer buffer) {
    throw new UnsupportedOperationException("values that travel by reference stay on their node");
  }

  @Override
  public T transform(T value) {
    return value;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
