package dev.lyrebird.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One PUBLISH as a subscriber's library hands it over. */
public record Delivery(String topic, ByteBuffer payload, int qos, boolean retained) {

  static Delivery of(String topic, byte[] payload, int qos, boolean retained) {
    return new Delivery(topic, ByteBuffer.wrap(payload).asReadOnlyBuffer(), qos, retained);
  }

  /** The payload's bytes, a copy. */
  public byte[] bytes() {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    return bytes;
  }

  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    String shown = payload.remaining() <= 200 ? text() : payload.remaining() + " bytes";
    return topic + (retained ? " retained " : " ") + "q" + qos + " " + shown;
  }
}
