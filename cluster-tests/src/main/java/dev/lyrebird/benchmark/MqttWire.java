package dev.lyrebird.benchmark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The packets of MQTT 3.1.1 that the load needs, written and read. Pure. */
final class MqttWire {

  static final int CONNACK = 2;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int SUBACK = 9;

  private static final int SUBSCRIBE = 8;
  private static final int DISCONNECT = 14;
  private static final int CLEAN_SESSION = 2;
  private static final int RETAIN = 1;

  private MqttWire() {}

  /** One packet that lies in a buffer, behind its fixed header. */
  record Packet(int type, int flags, int start, int end) {
    int qos() {
      return flags >> 1 & 3;
    }
  }

  /** Writes a CONNECT; a session that is not clean outlives its connections. */
  static void connect(ByteBuffer out, String clientId, boolean isClean) {
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    out.put((byte) 0x10).put((byte) (12 + id.length));
    text(out, "MQTT".getBytes(StandardCharsets.UTF_8));
    out.put((byte) 4).put((byte) (isClean ? CLEAN_SESSION : 0)).putShort((short) 0);
    text(out, id);
  }

  static void subscribe(ByteBuffer out, String filter, int qos) {
    byte[] bytes = filter.getBytes(StandardCharsets.UTF_8);
    out.put((byte) (SUBSCRIBE << 4 | 2)).put((byte) (5 + bytes.length)).putShort((short) 1);
    text(out, bytes);
    out.put((byte) qos);
  }

  static void disconnect(ByteBuffer out) {
    out.put((byte) (DISCONNECT << 4)).put((byte) 0);
  }

  /** The bytes of one PUBLISH with QoS 1; with QoS 0 it takes two fewer. */
  static int publishLength(byte[] topic, byte[] payload) {
    return 7 + topic.length + payload.length;
  }

  /** Writes a PUBLISH; {@code packetId} counts with QoS 1 only. */
  static void publish(
      ByteBuffer out, byte[] topic, byte[] payload, int qos, boolean retained, int packetId) {
    out.put((byte) (PUBLISH << 4 | qos << 1 | (retained ? RETAIN : 0)));
    int length = 2 + topic.length + payload.length + (qos > 0 ? 2 : 0);
    for (int rest = length; ; rest >>>= 7) {
      if (rest < 128) {
        out.put((byte) rest);
        break;
      }
      out.put((byte) (rest | 128));
    }
    text(out, topic);
    if (qos > 0) {
      out.putShort((short) packetId);
    }
    out.put(payload);
  }

  static void puback(ByteBuffer out, short packetId) {
    out.put((byte) (PUBACK << 4)).put((byte) 2).putShort(packetId);
  }

  /** The whole packet at the buffer's position, or null if its end has not come. */
  static @Nullable Packet next(ByteBuffer in) {
    int length = 0;
    for (int at = in.position() + 1, shift = 0; at < in.limit(); at++, shift += 7) {
      byte digit = in.get(at);
      length |= (digit & 127) << shift;
      if (digit >= 0) {
        int head = in.get(in.position()) & 0xff;
        int end = at + 1 + length;
        return end <= in.limit() ? new Packet(head >> 4, head & 15, at + 1, end) : null;
      }
    }
    return null;
  }

  private static void text(ByteBuffer out, byte[] bytes) {
    out.putShort((short) bytes.length).put(bytes);
  }
}
