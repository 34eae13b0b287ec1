package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Puts the bytes of packets together, legal or not. */
public final class Packet {

  private static final HexFormat HEX = HexFormat.of();

  private Packet() {}

  /** Returns the bytes written in hexadecimal; spaces are for the eye. */
  public static byte[] hex(String text) {
    return HEX.parseHex(text.replace(" ", ""));
  }

  public static byte[] bytes(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Returns text with its length before it. */
  public static byte[] string(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    return bytes(twoBytes(utf8.length), utf8);
  }

  public static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  public static byte[] twoBytes(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  public static byte[] varint(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int rest = value;
    while (rest > 0x7f) {
      out.write(0x80 | (rest & 0x7f));
      rest >>>= 7;
    }
    out.write(rest);
    return out.toByteArray();
  }

  /** Returns properties with their length before them. */
  public static byte[] properties(String hex) {
    byte[] properties = hex(hex);
    return bytes(varint(properties.length), properties);
  }

  /**
   * Returns the properties of a packet of MQTT 5 in hexadecimal, sorted.
   *
   * @param at where their length stands, which is below 128
   */
  public static List<String> propertiesIn(byte[] packet, int at) {
    List<String> found = new ArrayList<>();
    int end = at + 1 + packet[at];
    for (int from = at + 1; from < end; ) {
      int to = from + 1 + valueLength(packet, from);
      found.add(HexFormat.ofDelimiter(" ").formatHex(packet, from, to));
      from = to;
    }
    return found.stream().sorted().toList();
  }

  private static int valueLength(byte[] packet, int at) {
    return switch (packet[at]) {
      case 0x01, 0x24, 0x25, 0x28, 0x29, 0x2a -> Byte.BYTES;
      case 0x13, 0x21, 0x22, 0x23 -> Short.BYTES;
      case 0x02, 0x11, 0x27 -> Integer.BYTES;
      case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1a, 0x1c, 0x1f -> stringLength(packet, at + 1);
      case 0x26 -> {
        int name = stringLength(packet, at + 1);
        yield name + stringLength(packet, at + 1 + name);
      }
      case 0x0b -> {
        int length = 1;
        while (packet[at + length] < 0) {
          length++;
        }
        yield length;
      }
      default -> throw new AssertionError("property %02x of a server".formatted(packet[at]));
    };
  }

  private static int stringLength(byte[] packet, int at) {
    return Short.BYTES + ((packet[at] & 0xff) << 8 | (packet[at + 1] & 0xff));
  }

  /** Returns a packet of that first byte, with its length. */
  public static byte[] of(int first, byte[]... parts) {
    byte[] body = bytes(parts);
    return bytes(new byte[] {(byte) first}, varint(body.length), body);
  }

  /** Returns the CONNECT of MQTT 3.1.1 with a clean session and no keep alive. */
  public static byte[] connect(String clientId) {
    return of(0x10, string("MQTT"), hex("04 02 0000"), string(clientId));
  }

  /** Returns the CONNECT of MQTT 5 with a clean start, no keep alive and these properties. */
  public static byte[] connect5(String clientId, String properties) {
    return of(0x10, string("MQTT"), hex("05 02 0000"), properties(properties), string(clientId));
  }

  /** Returns a PUBLISH of MQTT 3 at QoS 0. */
  public static byte[] publish(String topic, String payload) {
    return of(0x30, string(topic), utf8(payload));
  }

  /** Returns a PUBLISH of MQTT 3 at QoS 1. */
  public static byte[] publish(String topic, int packetId, String payload) {
    return of(0x32, string(topic), twoBytes(packetId), utf8(payload));
  }

  /** Returns a PUBLISH of MQTT 5 at QoS 0. */
  public static byte[] publish5(String topic, String properties, String payload) {
    return of(0x30, string(topic), properties(properties), utf8(payload));
  }

  /** Returns a PUBLISH of MQTT 5 at QoS 1. */
  public static byte[] publish5(String topic, int packetId, String properties, String payload) {
    return of(0x32, string(topic), twoBytes(packetId), properties(properties), utf8(payload));
  }

  /** Returns a PUBACK, PUBREC, PUBREL or PUBCOMP in its short form. */
  public static byte[] acknowledgement(int first, int packetId) {
    return of(first, twoBytes(packetId));
  }

  /** Returns the UNSUBSCRIBE of MQTT 3. */
  public static byte[] unsubscribe(int packetId, String... filters) {
    byte[] body = twoBytes(packetId);
    for (String filter : filters) {
      body = bytes(body, string(filter));
    }
    return of(0xa2, body);
  }

  /** Returns the SUBSCRIBE of MQTT 3 with one filter. */
  public static byte[] subscribe(int packetId, String filter, int qos) {
    return of(0x82, twoBytes(packetId), string(filter), new byte[] {(byte) qos});
  }

  /** Returns the SUBSCRIBE of MQTT 5 with one filter. */
  public static byte[] subscribe5(int packetId, String properties, String filter, int options) {
    return of(
        0x82,
        twoBytes(packetId),
        properties(properties),
        string(filter),
        new byte[] {(byte) options});
  }
}
