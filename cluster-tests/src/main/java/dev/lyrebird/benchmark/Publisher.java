package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.MqttWire.Packet;
import java.nio.ByteBuffer;

/** A publishing MQTT connection: it keeps count of what the server has not acknowledged. */
final class Publisher implements Wire.Dialogue {

  /** Publishes of QoS 1 that may await their acknowledgement. */
  private static final int WINDOW = 100;

  private final int qos;
  private final boolean retained;
  private boolean ready;
  private int unacknowledged;
  private int lastPacketId;

  Publisher(int qos, boolean retained) {
    this.qos = qos;
    this.retained = retained;
  }

  @Override
  public void take(ByteBuffer in, Wire wire) {
    for (Packet packet = MqttWire.next(in); packet != null; packet = MqttWire.next(in)) {
      switch (packet.type()) {
        case MqttWire.CONNACK -> ready = in.get(packet.start() + 1) == 0;
        case MqttWire.PUBACK -> unacknowledged--;
        default -> throw new IllegalStateException("a publisher got a packet " + packet.type());
      }
      in.position(packet.end());
    }
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  int unacknowledged() {
    return unacknowledged;
  }

  boolean canSend(Wire wire, byte[] topic, byte[] payload) {
    return unacknowledged < WINDOW
        && wire.out().remaining() >= MqttWire.publishLength(topic, payload);
  }

  void send(Wire wire, byte[] topic, byte[] payload) {
    if (qos > 0) {
      unacknowledged++;
      lastPacketId = lastPacketId % 0xffff + 1;
    }
    MqttWire.publish(wire.out(), topic, payload, qos, retained, lastPacketId);
  }
}
