package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.string;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * A packet behind CONNECT of which it is known what is wrong with it, so that it must end its
 * connection and nothing behind it may be taken.
 *
 * @param what is wrong with it
 * @param bytes of the packet
 * @param codes what a client of MQTT 5 may be told
 * @param isWhole whether it must come in one read
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FaultyPacket(String what, byte[] bytes, Set<Integer> codes, boolean isWhole) {

  private static final int MALFORMED = 0x81;
  private static final int PROTOCOL_ERROR = 0x82;
  private static final int TOO_LARGE = 0x95;

  /** Sequences that are no UTF-8: half of one, overlong ones, a surrogate, beyond the last. */
  private static final List<String> NO_UTF_8 =
      List.of("80", "c3", "c080", "e08080", "eda080", "edbfbf", "f4908080", "f8888080", "ff");

  private static final List<Kind> KINDS =
      List.of(
          kind("type 0", MALFORMED, (grammar, random) -> hex("0000")),
          kind("flags that are reserved", MALFORMED, FaultyPacket::withFlags),
          kind("PUBLISH of QoS 3", MALFORMED, FaultyPacket::ofQos3),
          kind("PUBLISH of QoS 0 with DUP", MALFORMED, (grammar, random) -> publish(grammar, 0x38)),
          kind("identifier 0", PROTOCOL_ERROR, FaultyPacket::withoutIdentifier),
          kind("a packet of servers", PROTOCOL_ERROR, FaultyPacket::ofServers),
          kind("another CONNECT", PROTOCOL_ERROR, (grammar, random) -> grammar.connect()),
          kind("length of five bytes", MALFORMED, FaultyPacket::withLongLength),
          kind("a packet that is too large", TOO_LARGE, FaultyPacket::tooLarge),
          kind("less than it holds", MALFORMED, FaultyPacket::truncated),
          kind("more than it holds", MALFORMED, FaultyPacket::withMore),
          kind("a string that is no UTF-8", MALFORMED, FaultyPacket::withBadString),
          kind("a string with U+0000", MALFORMED, FaultyPacket::withNull),
          kind("a topic with a wildcard", 0x90, FaultyPacket::withWildcard),
          kind("no filter", PROTOCOL_ERROR, FaultyPacket::withoutFilter),
          kind("a filter of QoS 3", PROTOCOL_ERROR, FaultyPacket::withFilterOfQos3),
          kind("options that are reserved", MALFORMED, FaultyPacket::withReservedOptions));

  private static final List<Kind> KINDS_OF_5 =
      List.of(
          kind("length that is padded", MALFORMED, (grammar, random) -> hex("c0 8000")),
          kind("a property twice", PROTOCOL_ERROR, FaultyPacket::withPropertyTwice),
          kind("a property of another packet", MALFORMED, FaultyPacket::withForeignProperty),
          kind("an unknown property", MALFORMED, FaultyPacket::withUnknownProperty),
          kind("a property out of range", PROTOCOL_ERROR, FaultyPacket::outOfRange),
          kind("properties that are too long", MALFORMED, FaultyPacket::withLongProperties),
          kind("no topic", PROTOCOL_ERROR, (grammar, random) -> hex("30 03 0000 00")),
          kind("an alias beyond the maximum", 0x94, FaultyPacket::withBadAlias),
          kind(
              "an unknown alias", PROTOCOL_ERROR, (grammar, random) -> hex("30 06 0000 03 230004")),
          kind("a reason of others", PROTOCOL_ERROR, FaultyPacket::withBadReason),
          kind("No Local of a shared one", PROTOCOL_ERROR, FaultyPacket::sharedWithoutLocal),
          kind("a response to a wildcard", PROTOCOL_ERROR, FaultyPacket::withBadResponse));

  /** Both come in one read, so that the PUBREC cannot be there; there may be others without. */
  private static final Set<Integer> CODES_OF_RELEASE = Set.of(PROTOCOL_ERROR, 0x93);

  private record Kind(
      String what, int code, BiFunction<PacketGrammar, RandomGenerator, byte[]> maker) {}

  private static Kind kind(
      String what, int code, BiFunction<PacketGrammar, RandomGenerator, byte[]> maker) {
    return new Kind(what, code, maker);
  }

  /** Returns one of a version. */
  static FaultyPacket of(PacketGrammar grammar, RandomGenerator random) {
    int most = KINDS.size() + (isVersion5(grammar) ? KINDS_OF_5.size() : 0);
    int index = random.nextInt(most + 1);
    if (index == most) {
      return new FaultyPacket("PUBREL before PUBREC", released(grammar), CODES_OF_RELEASE, true);
    }
    Kind kind = index < KINDS.size() ? KINDS.get(index) : KINDS_OF_5.get(index - KINDS.size());
    byte[] bytes = kind.maker.apply(grammar, random);
    return new FaultyPacket(kind.what, bytes, Set.of(kind.code), false);
  }

  private static boolean isVersion5(PacketGrammar grammar) {
    return grammar.level() == PacketGrammar.VERSION_5;
  }

  private static byte[] publish(PacketGrammar grammar, int first) {
    byte[] id = (first & 0x06) == 0 ? new byte[0] : hex("0001");
    return Packet.of(first, string("a"), id, none(grammar), Packet.utf8("x"));
  }

  /** No properties, where the version has any. */
  private static byte[] none(PacketGrammar grammar) {
    return isVersion5(grammar) ? new byte[1] : new byte[0];
  }

  private static byte[] request(
      PacketGrammar grammar, RandomGenerator random, String id, byte[] filter) {
    return random.nextBoolean()
        ? Packet.of(0x82, hex(id), none(grammar), filter, new byte[1])
        : Packet.of(0xa2, hex(id), none(grammar), filter);
  }

  private static byte[] withFlags(PacketGrammar grammar, RandomGenerator random) {
    byte[] packet =
        switch (random.nextInt(4)) {
          case 0 -> grammar.subscribe();
          case 1 -> grammar.unsubscribe();
          case 2 -> grammar.acknowledgement();
          default -> hex("c000");
        };
    packet[0] ^= (byte) (1 + random.nextInt(7)); // DUP is none of them: MQTT 3.1 allows it
    return packet;
  }

  private static byte[] ofQos3(PacketGrammar grammar, RandomGenerator random) {
    byte[] packet = grammar.publish();
    packet[0] |= 0x06;
    return packet;
  }

  private static byte[] withoutIdentifier(PacketGrammar grammar, RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> request(grammar, random, "0000", string("a"));
      case 1 -> Packet.of(List.of(0x40, 0x50, 0x62, 0x70).get(random.nextInt(4)), new byte[2]);
      default -> Packet.of(0x32, string("a"), new byte[2], none(grammar));
    };
  }

  private static byte[] ofServers(PacketGrammar grammar, RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> hex("20 02 0000");
      case 1 -> hex("90 03 0001 00");
      case 2 -> hex("b0 02 0001");
      case 3 -> hex("d0 00");
      default -> isVersion5(grammar) ? hex("f0 00") : hex("f0 02 18 00");
    };
  }

  private static byte[] withLongLength(PacketGrammar grammar, RandomGenerator random) {
    byte[] length = hex("80808080 01");
    length[random.nextInt(4)] |= (byte) random.nextInt(128);
    return Packet.bytes(hex("30"), length, grammar.publish());
  }

  private static byte[] tooLarge(PacketGrammar grammar, RandomGenerator random) {
    int most = TestServer.LIMITS.maxPacketBytes();
    int length = random.nextBoolean() ? most : most + random.nextInt(Varint.MAX - most);
    return Packet.bytes(hex("30"), Packet.varint(length), string("a"));
  }

  private static byte[] truncated(PacketGrammar grammar, RandomGenerator random) {
    int left = random.nextInt(3);
    return switch (random.nextInt(4)) {
      case 0 -> Packet.of(0x82, hex("0001"), none(grammar), Arrays.copyOf(string("a"), 1 + left));
      case 1 -> Packet.of(0xa2, hex("0001"), none(grammar), hex("0003 61"));
      case 2 -> Packet.of(0x30, Arrays.copyOf(hex("ffff 61"), left));
      default -> Packet.of(0x62, new byte[left % 2]);
    };
  }

  private static byte[] withMore(PacketGrammar grammar, RandomGenerator random) {
    byte[] more = new byte[1 + random.nextInt(5)];
    return switch (random.nextInt(3)) {
      case 0 -> Packet.of(0xc0, more);
      case 1 -> Packet.of(0xe0, isVersion5(grammar) ? new byte[2] : new byte[0], more);
      default ->
          Packet.of(0x40, hex("0001"), isVersion5(grammar) ? new byte[2] : new byte[0], more);
    };
  }

  private static byte[] withBadString(PacketGrammar grammar, RandomGenerator random) {
    return withString(grammar, random, hex(NO_UTF_8.get(random.nextInt(NO_UTF_8.size()))));
  }

  private static byte[] withNull(PacketGrammar grammar, RandomGenerator random) {
    return withString(grammar, random, new byte[1]);
  }

  private static byte[] withString(PacketGrammar grammar, RandomGenerator random, byte[] bad) {
    byte[] before = random.nextBoolean() ? Packet.utf8("a/") : new byte[0];
    byte[] string = Packet.bytes(Packet.twoBytes(before.length + bad.length), before, bad);
    if (!isVersion5(grammar) || random.nextBoolean()) {
      return random.nextBoolean()
          ? request(grammar, random, "0001", string)
          : Packet.of(0x30, string, none(grammar));
    }
    byte[] property =
        switch (random.nextInt(4)) {
          case 0 -> Packet.bytes(hex("26"), string, string("x"));
          case 1 -> Packet.bytes(hex("26"), string("x"), string);
          case 2 -> Packet.bytes(hex("08"), string);
          default -> Packet.bytes(hex("03"), string);
        };
    return Packet.of(0x30, string("a"), PacketGrammar.properties(property));
  }

  private static byte[] withWildcard(PacketGrammar grammar, RandomGenerator random) {
    String topic = List.of("#", "+", "a/#", "+/b", "a+b", "a#").get(random.nextInt(6));
    return Packet.of(0x30, string(topic), none(grammar));
  }

  private static byte[] withoutFilter(PacketGrammar grammar, RandomGenerator random) {
    return Packet.of(random.nextBoolean() ? 0x82 : 0xa2, hex("0001"), none(grammar));
  }

  private static byte[] withFilterOfQos3(PacketGrammar grammar, RandomGenerator random) {
    boolean isOfRetained = isVersion5(grammar) && random.nextBoolean();
    byte[] options = {(byte) (isOfRetained ? 0x30 : 0x03)};
    return Packet.of(0x82, hex("0001"), none(grammar), string("a"), options);
  }

  private static byte[] withReservedOptions(PacketGrammar grammar, RandomGenerator random) {
    byte[] options = {(byte) (0x40 << random.nextInt(2))};
    return Packet.of(0x82, hex("0001"), none(grammar), string("a"), options);
  }

  private static byte[] released(PacketGrammar grammar) {
    byte[] id = hex("f000");
    return Packet.bytes(Packet.of(0x34, string("a"), id, none(grammar)), Packet.of(0x62, id));
  }

  private static byte[] withProperties(String hex) {
    return Packet.of(0x30, string("a"), Packet.properties(hex));
  }

  private static byte[] withPropertyTwice(PacketGrammar grammar, RandomGenerator random) {
    List<String> each = List.of("0101", "0200000001", "03000161", "08000161", "090000", "230001");
    String one = each.get(random.nextInt(each.size()));
    return withProperties(one + (random.nextBoolean() ? "26000161000162" : "") + one);
  }

  private static byte[] withForeignProperty(PacketGrammar grammar, RandomGenerator random) {
    List<String> foreign =
        List.of("1100000001", "150000", "160000", "1700", "1800000001", "1900", "1f0000", "210001");
    return withProperties(foreign.get(random.nextInt(foreign.size())));
  }

  private static byte[] withUnknownProperty(PacketGrammar grammar, RandomGenerator random) {
    List<String> unknown = List.of("0000", "0400", "1200", "2500", "3000", "7e00", "ffffff7f");
    return withProperties(unknown.get(random.nextInt(unknown.size())));
  }

  private static byte[] outOfRange(PacketGrammar grammar, RandomGenerator random) {
    return random.nextBoolean()
        ? withProperties("01" + (random.nextBoolean() ? "02" : "ff"))
        : Packet.of(0x82, hex("0001 02 0b00"), string("a"), new byte[1]);
  }

  private static byte[] withLongProperties(PacketGrammar grammar, RandomGenerator random) {
    List<String> lengths =
        List.of("05 0101", "7f", "ffffff7f", "ffffffff7f", "02 0301", "8200 0101");
    return Packet.of(0x30, string("a"), hex(lengths.get(random.nextInt(lengths.size()))));
  }

  private static byte[] withBadAlias(PacketGrammar grammar, RandomGenerator random) {
    return withProperties("23" + List.of("0000", "0005", "ffff").get(random.nextInt(3)));
  }

  private static byte[] withBadReason(PacketGrammar grammar, RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> hex("40 03 0001 01");
      case 1 -> hex("62 03 0001 80");
      case 2 -> hex("e0 01 8b");
      default -> hex("f0 02 00 00");
    };
  }

  private static byte[] sharedWithoutLocal(PacketGrammar grammar, RandomGenerator random) {
    return Packet.of(0x82, hex("0001 00"), string("$share/g/a"), hex("04"));
  }

  private static byte[] withBadResponse(PacketGrammar grammar, RandomGenerator random) {
    return withProperties(random.nextBoolean() ? "08000123" : "080003612f2b");
  }
}
