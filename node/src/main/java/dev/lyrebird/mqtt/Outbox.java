package dev.lyrebird.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttMessage;
import org.jspecify.annotations.Nullable;

/**
 * What one connection sends. Small packets are gathered in one buffer, so that many of them cost
 * one write; the {@link Turn} flushes it. Owned by the connection's event loop.
 */
final class Outbox {

  /** What was gathered goes to the socket at this size, without waiting for the end of the turn. */
  private static final int CHUNK_BYTES = 64 * 1024;

  private static final int LEAST_BYTES = 256;

  /** Acknowledgements as MQTT 3 has them, and MQTT 5 where they tell success. */
  private static final int PUBACK = 0x4002;

  private static final int PUBREC = 0x5002;
  private static final int PUBREL = 0x6202; // [MQTT-3.6.1-1]
  private static final int PUBCOMP = 0x7002;

  private static final int PINGRESP = 0xd000;

  private final ChannelHandlerContext context;
  private final Turn turn;
  private final MqttCounters counters;

  /** What was gathered since the last write; null while that is nothing. */
  private @Nullable ByteBuf gathered;

  /** How much is likely to be gathered, by what was last time. */
  private int expectedBytes = LEAST_BYTES;

  private boolean touched;
  private int packets;
  private int publishes;
  private long publishBytes;

  Outbox(ChannelHandlerContext context, Turn turn, MqttCounters counters) {
    this.context = context;
    this.turn = turn;
    this.counters = counters;
  }

  /** Tells whether the socket keeps up with what it is given. */
  boolean isWritable() {
    return context.channel().isWritable();
  }

  /** Sends a PUBLISH; see {@link PublishImage#appendTo(ByteBuf, int, boolean)}. */
  void publish(PublishImage image, int packetId, boolean isAgain) {
    image.appendTo(room(), packetId, isAgain);
    published(image);
  }

  /**
   * Sends a PUBLISH; see {@link PublishImage#appendTo(ByteBuf, int, boolean, PublishImage.Splice)}.
   */
  void publish(PublishImage image, int packetId, boolean isAgain, PublishImage.Splice splice) {
    image.appendTo(room(), packetId, isAgain, splice);
    published(image);
  }

  /** Sends a PUBACK of success. */
  void puback(int packetId) {
    acknowledge(PUBACK, packetId);
  }

  /** Sends a PUBREC of success. */
  void pubrec(int packetId) {
    acknowledge(PUBREC, packetId);
  }

  /** Sends a PUBREL of success. */
  void pubrel(int packetId) {
    acknowledge(PUBREL, packetId);
  }

  /** Sends a PUBCOMP of success. */
  void pubcomp(int packetId) {
    acknowledge(PUBCOMP, packetId);
  }

  private void acknowledge(int header, int packetId) {
    room().writeInt(header << Short.SIZE | packetId);
    sent(null);
  }

  void pingresp() {
    room().writeShort(PINGRESP);
    sent(null);
  }

  /** Sends a packet of a rarer kind. */
  void send(MqttMessage packet) {
    sendOther(packet);
  }

  /** Sends a packet that is encoded already. */
  void send(ByteBuf packet) {
    sendOther(packet);
  }

  private void sendOther(Object packet) {
    touch();
    writeGathered();
    packets++;
    write(packet);
  }

  /** Hands everything to the socket. */
  void flush() {
    touched = false;
    writeGathered();
    context.flush();
    counters.add(Count.PACKETS_SENT, packets);
    packets = 0;
    if (publishes > 0) {
      counters.add(Count.PUBLISHES_SENT, publishes);
      counters.add(Count.PUBLISH_BYTES_SENT, publishBytes);
      publishes = 0;
      publishBytes = 0;
    }
  }

  /** Hands everything to the socket and closes it when it has gone. */
  void close() {
    flush();
    context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> closeNow());
  }

  /** Closes the socket, whatever still waits for it. */
  void closeNow() {
    var _ = context.close();
  }

  private ByteBuf room() {
    ByteBuf buffer = gathered;
    if (buffer == null) {
      buffer = context.alloc().directBuffer(expectedBytes);
      gathered = buffer;
      touch();
    }
    return buffer;
  }

  private void touch() {
    if (!touched) {
      touched = true;
      turn.touched(this);
    }
  }

  private void published(PublishImage image) {
    publishes++;
    publishBytes += image.payloadBytes();
    sent(image.sharedPayload());
  }

  private void sent(@Nullable ByteBuf sharedPayload) {
    packets++;
    ByteBuf buffer = gathered;
    if (sharedPayload != null) {
      writeGathered();
      write(sharedPayload.retainedDuplicate());
    } else if (buffer != null && buffer.readableBytes() >= CHUNK_BYTES) {
      writeGathered();
      context.flush();
    }
  }

  private void writeGathered() {
    ByteBuf buffer = gathered;
    if (buffer != null) {
      gathered = null;
      expectedBytes = Math.clamp(buffer.readableBytes(), LEAST_BYTES, CHUNK_BYTES);
      write(buffer);
    }
  }

  private void write(Object message) {
    var _ = context.write(message, context.voidPromise());
  }
}
