package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.bytes;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.properties;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.twoBytes;

import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The strings of every packet are UTF-8 without U+0000, and are taken as they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StringsTest {

  private static final String CONNECT_3 = "0004 4d515454 04";
  private static final String CONNECT_5 = "0004 4d515454 05";
  private static final String ID = "0001 63";

  private final TestServer server = new TestServer();

  @AfterAll
  void stop() {
    server.close();
  }

  private static Stream<String> illFormed() {
    return Stream.of(
        "ff", // no byte of UTF-8
        "c328", // a first byte without a second
        "61e282", // cut off
        "c080", // U+0000 in more bytes than it needs
        "c1bf", // so is this
        "eda080", // half of a surrogate pair
        "edbfbf", // the other half
        "f4908080", // beyond U+10FFFF
        "6100"); // U+0000
  }

  private static Stream<Arguments> inConnect() {
    return illFormed()
        .flatMap(bad -> {
          String string = prefixed(bad);
          return Stream.of(
              Arguments.of(bad, "id, 3.1.1", CONNECT_3 + "02 0000" + string),
              Arguments.of(bad, "will topic, 3.1.1", CONNECT_3 + "06 0000" + ID + string + "0000"),
              Arguments.of(bad, "user, 3.1.1", CONNECT_3 + "82 0000" + ID + string),
              Arguments.of(bad, "id", CONNECT_5 + "02 0000 00" + string),
              Arguments.of(
                  bad, "will topic", CONNECT_5 + "06 0000 00" + ID + "00" + string + "0000"),
              Arguments.of(bad, "user", CONNECT_5 + "82 0000 00" + ID + string),
              Arguments.of(
                  bad, "user property", CONNECT_5 + "02 0000" + block("26" + string + ID) + ID),
              Arguments.of(
                  bad, "its value", CONNECT_5 + "02 0000" + block("26" + ID + string) + ID),
              Arguments.of(
                  bad, "authentication method", CONNECT_5 + "02 0000" + block("15" + string) + ID),
              Arguments.of(
                  bad,
                  "content type of a will",
                  CONNECT_5 + "06 0000 00" + ID + block("03" + string) + "0001 74 0000"),
              Arguments.of(
                  bad,
                  "response topic of a will",
                  CONNECT_5 + "06 0000 00" + ID + block("08" + string) + "0001 74 0000"));
        });
  }

  @ParameterizedTest(name = "{0} as {1}")
  @MethodSource
  void inConnect(String bad, String place, String body) {
    RawClient client = server.client().send(Packet.of(0x10, hex(body)));
    if (body.startsWith(CONNECT_5)) {
      client.expect("20 03 00 81 00");
    }
    client.expectEnd();
  }

  private static Stream<Arguments> behindConnect() {
    return illFormed()
        .flatMap(bad -> {
          String string = prefixed(bad);
          return Stream.of(
              Arguments.of(bad, "topic", 0x30, string + "00"),
              Arguments.of(bad, "filter", 0x82, "0001 00" + string + "00"),
              Arguments.of(bad, "second filter", 0x82, "0001 00" + ID + "00" + string + "00"),
              Arguments.of(bad, "filter to leave", 0xa2, "0001 00" + string),
              Arguments.of(bad, "content type", 0x30, ID + block("03" + string)),
              Arguments.of(bad, "response topic", 0x30, ID + block("08" + string)),
              Arguments.of(bad, "user property", 0x30, ID + block("26" + string + ID)),
              Arguments.of(bad, "its value", 0x30, ID + block("26" + ID + string)),
              Arguments.of(
                  bad, "property of SUBSCRIBE", 0x82, subscribe(block("26" + ID + string))),
              Arguments.of(bad, "reason of PUBACK", 0x40, "0001 00" + block("1f" + string)),
              Arguments.of(bad, "reason of DISCONNECT", 0xe0, "00" + block("1f" + string)));
        });
  }

  private static String subscribe(String properties) {
    return "0001" + properties + ID + "00";
  }

  @ParameterizedTest(name = "{0} as {1}")
  @MethodSource
  void behindConnect(String bad, String place, int first, String body) {
    server.client5("c", "").send(Packet.of(first, hex(body))).expectEndWith("81");
  }

  private static Stream<Arguments> behindConnectOfMqtt3() {
    return illFormed()
        .flatMap(bad ->
            Stream.of(
                Arguments.of(bad, "topic", 0x30, prefixed(bad)),
                Arguments.of(bad, "filter", 0x82, "0001" + prefixed(bad) + "00"),
                Arguments.of(bad, "filter to leave", 0xa2, "0001" + prefixed(bad))));
  }

  @ParameterizedTest(name = "{0} as {1}")
  @MethodSource
  void behindConnectOfMqtt3(String bad, String place, int first, String body) {
    server.client("c").send(Packet.of(first, hex(body))).expectEnd();
  }

  /** U+FEFF, U+FFFF, characters beyond the first plane, and one that could be written otherwise. */
  @Test
  void whatIsWellFormedIsTakenAsItIs() {
    for (String topic :
        new String[] {"\uFEFFa/\uFEFF", "\uFFFF", "\uD83D\uDE00/x", "e\u0301", " "}) {
      try (RawClient client = server.client("c")) {
        client.send(Packet.subscribe(1, topic, 0)).expect("90 03 0001 00");
        client.send(publish("\u00e9", "another"), publish(topic, topic));
        client.expect(publish(topic, topic));
      }
    }
  }

  @Test
  void topicsAreAsLongAsTheServerTakesThem() {
    String topic = "t".repeat(TestServer.LIMITS.topics().maxBytes());
    try (RawClient client = server.client("c")) {
      client.send(Packet.subscribe(1, topic, 0), publish(topic, "x")).expect("90 03 0001 00");
      client.expect(publish(topic, "x"));
    }
  }

  @Test
  void textOfReasonsAndMethodsMayBeAnything() {
    byte[] reason = bytes(hex("1f"), string("\uFEFF\u4e2d"));
    server
        .client5("c", "")
        .send(Packet.of(0xe0, hex("00"), properties(HexFormat.of().formatHex(reason))))
        .expectEnd();
  }

  private static String prefixed(String bad) {
    return HexFormat.of().formatHex(twoBytes(bad.length() / 2)) + bad;
  }

  private static String block(String properties) {
    return HexFormat.of().formatHex(properties(properties));
  }
}
