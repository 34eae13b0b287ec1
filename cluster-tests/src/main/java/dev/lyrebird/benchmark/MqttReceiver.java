package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.MqttWire.Packet;
import java.nio.ByteBuffer;

/**
 * A subscribing MQTT connection: it acknowledges and counts what it gets. One whose session was
 * there before does not subscribe again.
 */
final class MqttReceiver implements Wire.Dialogue {

  private final String filter;
  private final int qos;
  private final Stamp stamp;
  private final Tally tally;
  private boolean ready;

  MqttReceiver(String filter, int qos, Stamp stamp, Tally tally) {
    this.filter = filter;
    this.qos = qos;
    this.stamp = stamp;
    this.tally = tally;
  }

  @Override
  public void take(ByteBuffer in, Wire wire) {
    long now = stamp.now();
    for (Packet packet = MqttWire.next(in); packet != null; packet = MqttWire.next(in)) {
      switch (packet.type()) {
        case MqttWire.CONNACK -> {
          ready = in.get(packet.start()) != 0;
          if (!ready) {
            MqttWire.subscribe(wire.out(), filter, qos);
          }
        }
        case MqttWire.SUBACK -> ready = true;
        case MqttWire.PUBLISH -> published(packet, in, wire, now);
        default -> throw new IllegalStateException("a subscriber got a packet " + packet.type());
      }
      in.position(packet.end());
    }
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  private void published(Packet packet, ByteBuffer in, Wire wire, long now) {
    int topicEnd = packet.start() + 2 + in.getShort(packet.start());
    tally.received(Stamp.find(in, topicEnd, packet.end()), now);
    if (packet.qos() > 0) {
      MqttWire.puback(wire.out(), in.getShort(topicEnd));
    }
  }
}
