package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.auth.ScramSha256;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Makes packets of one version of MQTT that are well formed, whether or not they are in place. The
 * words are few, so that clients meet: they take one another's client ids and topics.
 */
final class PacketGrammar {

  static final int VERSION_3_1 = 3;
  static final int VERSION_3_1_1 = 4;
  static final int VERSION_5 = 5;

  private static final int CLIENT_IDS = 20;
  private static final int PACKET_IDS = 40;
  private static final int LONGEST_PAYLOAD = 2000;

  private static final List<String> TOPICS =
      List.of(
          "a",
          "b",
          "a/b",
          "a/b/c",
          "sensors/1",
          "sensors/",
          "confirmed/x",
          "refused",
          "Hidden/y",
          "SENSORS/1",
          "/",
          "//a",
          "a//",
          " ",
          "$SYS/broker/uptime",
          "$share/g/a",
          "é/ü/\uD83D\uDE00",
          "\uFEFFa",
          "a/a/a/a/a/a/a/a",
          "a/a/a/a/a/a/a/a/a",
          "/".repeat(300),
          "long/".repeat(60));

  private static final List<String> FILTERS =
      List.of(
          "a",
          "a/b",
          "+",
          "+/+",
          "#",
          "a/#",
          "+/b/#",
          "sensors/#",
          "sensors/+",
          "$SYS/#",
          "$SYS/broker/+",
          "$SYS",
          "/",
          "/+",
          "é/#",
          "+/+/+/+/+/+/+/+",
          "+/+/+/+/+/+/+/+/+",
          "$share/g/a",
          "$share/g/#",
          "$share/h/sensors/+",
          "$share//a",
          "$share/g",
          "$share/g/",
          "$share/+/a",
          "$share/#",
          "$share/g/$SYS/#",
          "$share/g/$share/g/a",
          "#/a",
          "a#",
          "a/b+",
          "++");

  private static final List<String> PAYLOADS =
      List.of("", "1", "{}", "{\"temperature\":1.5}", "{\"temperature\":\"x\"}", "[1,2", "\u0000");

  /** Properties of PUBLISH and wills, each with a value, in hexadecimal. */
  private static final List<String> PUBLISH_PROPERTIES =
      List.of(
          "0101",
          "0100",
          "0200000000",
          "0200000005",
          "02ffffffff",
          "030003" + "612f62",
          "080001" + "62",
          "090002" + "0001",
          "26000161000162",
          "26000161000162",
          "2600000000");

  private final RandomGenerator random;
  private final int level;

  PacketGrammar(RandomGenerator random, int level) {
    this.random = random;
    this.level = level;
  }

  int level() {
    return level;
  }

  /** Returns a CONNECT of one of a few clients. */
  byte[] connect() {
    boolean isClean = random.nextInt(4) != 0;
    String clientId = isClean && level > VERSION_3_1 && random.nextInt(10) == 0 ? "" : clientId();
    return connect(clientId, isClean, level == VERSION_5 ? connectProperties() : new byte[0]);
  }

  private String clientId() {
    return "hostile-" + random.nextInt(CLIENT_IDS);
  }

  /** Returns a CONNECT that begins enhanced authentication with this first word. */
  byte[] connectWith(byte[] firstWord) {
    return connect(clientId(), true, authentication(firstWord));
  }

  /** Returns an AUTH that goes on with enhanced authentication, or begins it again. */
  byte[] auth(int reason, byte[] data) {
    return Packet.of(0xf0, new byte[] {(byte) reason}, properties(authentication(data)));
  }

  private static byte[] authentication(byte[] data) {
    return Packet.bytes(
        new byte[] {0x15}, Packet.string(ScramSha256.NAME), new byte[] {0x16}, binary(data));
  }

  private byte[] connect(String clientId, boolean isClean, byte[] properties) {
    int flags = isClean ? 0x02 : 0;
    List<byte[]> parts = new ArrayList<>();
    parts.add(Packet.string(clientId));
    if (random.nextInt(3) == 0) {
      flags |= 0x04 | random.nextInt(3) << 3 | random.nextInt(2) << 5;
      if (level == VERSION_5) {
        parts.add(properties(some(PUBLISH_PROPERTIES, "1800000000", "1800000001")));
      }
      parts.add(Packet.string(topic()));
      parts.add(binary(payload()));
    }
    if (random.nextInt(500) == 0) {
      flags |= 0xc0;
      parts.add(Packet.string(random.nextBoolean() ? "anna" : "nobody"));
      parts.add(Packet.string("secret"));
    }
    byte[] keepAlive = Packet.twoBytes(one(0, 1, 60, 65_535));
    byte[] header =
        Packet.bytes(
            Packet.string(level == VERSION_3_1 ? "MQIsdp" : "MQTT"),
            new byte[] {(byte) level, (byte) flags},
            keepAlive,
            level == VERSION_5 ? properties(properties) : new byte[0]);
    return Packet.of(0x10, header, Packet.bytes(parts.toArray(byte[][]::new)));
  }

  private byte[] connectProperties() {
    return some(
        List.of("1901", "1900", "1701", "26000161000162", "26000161000162"),
        "11" + oneOf("00000000", "00000001", "0000ffff", "ffffffff"),
        "21" + oneOf("0001", "0003", "ffff"),
        "22" + oneOf("0000", "0001", "000a", "ffff"),
        "27" + oneOf("00000005", "00000040", "000000c8", "00000400", "ffffffff"));
  }

  /** Returns any packet that a client may send behind its CONNECT. */
  byte[] packet() {
    int kind = random.nextInt(100);
    if (kind < 45) {
      return publish();
    } else if (kind < 62) {
      return subscribe();
    } else if (kind < 70) {
      return unsubscribe();
    } else if (kind < 86) {
      return acknowledgement();
    } else if (kind < 96) {
      return new byte[] {(byte) 0xc0, 0};
    } else if (kind < 98 || level < VERSION_5) {
      return disconnect();
    }
    return auth(one(0x18, 0x19), "n,,n=anna,r=abc".getBytes(UTF_8));
  }

  byte[] publish() {
    int qos = random.nextInt(3);
    int flags = qos << 1 | random.nextInt(2) | (qos > 0 && random.nextInt(5) == 0 ? 0x08 : 0);
    byte[] id = qos == 0 ? new byte[0] : packetId();
    if (level < VERSION_5) {
      return Packet.of(0x30 | flags, Packet.string(topic()), id, payload());
    }
    int alias = random.nextInt(8); // 4 is allowed and never set, so that it stands for nothing
    boolean hasAlias = alias > 0 && alias < 4;
    byte[] properties = some(PUBLISH_PROPERTIES);
    return Packet.of(
        0x30 | flags,
        Packet.string(topic()),
        id,
        properties(
            hasAlias
                ? Packet.bytes(new byte[] {0x23}, Packet.twoBytes(alias), properties)
                : properties),
        payload());
  }

  byte[] subscribe() {
    ByteArrayOutputStream filters = new ByteArrayOutputStream();
    for (int i = random.nextInt(4); i >= 0; i--) {
      String filter = filter();
      filters.writeBytes(Packet.string(filter));
      boolean mayBeLocal = level == VERSION_5 && !filter.startsWith("$share/");
      int options =
          level < VERSION_5
              ? 0
              : random.nextInt(3) << 4
                  | random.nextInt(2) << 3
                  | (mayBeLocal ? random.nextInt(2) << 2 : 0);
      filters.write(random.nextInt(3) | options);
    }
    return request(0x82, "0b" + oneOf("01", "7f", "8001", "ffffff7f"), filters);
  }

  byte[] unsubscribe() {
    ByteArrayOutputStream filters = new ByteArrayOutputStream();
    for (int i = random.nextInt(3); i >= 0; i--) {
      filters.writeBytes(Packet.string(filter()));
    }
    return request(0xa2, "26000161000162", filters);
  }

  private byte[] request(int first, String property, ByteArrayOutputStream filters) {
    byte[] properties =
        level < VERSION_5 ? new byte[0] : properties(some(List.of("26000161000162"), property));
    return Packet.of(first, packetId(), properties, filters.toByteArray());
  }

  /** Returns a PUBACK, PUBREC, PUBREL or PUBCOMP, most likely for nothing. */
  byte[] acknowledgement() {
    int first = one(0x40, 0x50, 0x62, 0x70);
    if (level < VERSION_5 || random.nextBoolean()) {
      return Packet.of(first, packetId());
    }
    boolean isReceipt = first == 0x40 || first == 0x50;
    int code = isReceipt ? one(0, 0x80, 0x83, 0x97) : one(0, 0x92);
    byte[] properties = some(List.of("26000161000162"), "1f000161");
    return Packet.of(
        first,
        packetId(),
        new byte[] {(byte) code},
        random.nextBoolean() ? new byte[0] : properties(properties));
  }

  byte[] disconnect() {
    return level < VERSION_5 || random.nextBoolean()
        ? Packet.of(0xe0)
        : Packet.of(
            0xe0,
            new byte[] {(byte) one(0, 4, 0x80, 0x98)},
            properties(some(List.of("26000161000162"), "1f000161", "1100000000")));
  }

  String topic() {
    return TOPICS.get(random.nextInt(TOPICS.size()));
  }

  String filter() {
    return FILTERS.get(random.nextInt(FILTERS.size()));
  }

  private byte[] packetId() {
    return Packet.twoBytes(1 + random.nextInt(PACKET_IDS));
  }

  private byte[] payload() {
    if (random.nextInt(20) != 0) {
      return PAYLOADS.get(random.nextInt(PAYLOADS.size())).getBytes(UTF_8);
    }
    byte[] bytes = new byte[random.nextInt(LONGEST_PAYLOAD)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Returns some of these properties in any order, each of the latter at most once. */
  private byte[] some(List<String> recurring, String... single) {
    if (random.nextBoolean()) {
      return new byte[0];
    }
    List<String> chosen = new ArrayList<>();
    long seen = 0;
    for (String property : recurring) {
      long mark = 1L << Integer.parseInt(property.substring(0, 2), 16);
      boolean mayRecur = property.startsWith("26");
      if (random.nextInt(4) == 0 && (mayRecur || (seen & mark) == 0)) {
        seen |= mark;
        chosen.add(property);
      }
    }
    for (String property : single) {
      if (random.nextInt(3) == 0) {
        String identifier = property.substring(0, 2);
        chosen.removeIf(other -> other.startsWith(identifier));
        chosen.add(property);
      }
    }
    Collections.shuffle(chosen, Random.from(random));
    return Packet.hex(String.join("", chosen));
  }

  static byte[] properties(byte[] properties) {
    return Packet.bytes(Packet.varint(properties.length), properties);
  }

  private static byte[] binary(byte[] bytes) {
    return Packet.bytes(Packet.twoBytes(bytes.length), bytes);
  }

  private int one(int... values) {
    return values[random.nextInt(values.length)];
  }

  private String oneOf(String... values) {
    return values[random.nextInt(values.length)];
  }
}
