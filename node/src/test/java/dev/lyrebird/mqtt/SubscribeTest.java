package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.acknowledgement;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static dev.lyrebird.mqtt.Packet.unsubscribe;
import static dev.lyrebird.mqtt.Packet.utf8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SUBSCRIBE and UNSUBSCRIBE grant, and what then arrives. */
final class SubscribeTest {

  private static final int RETAINED = 0x31;

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void everyFilterGetsItsCodeInOrder() {
    server
        .client("c3")
        .send(
            Packet.of(
                0x82,
                hex("1234"),
                string("a"),
                hex("00"),
                string("a/#/b"),
                hex("01"),
                string("c"),
                hex("01")))
        .expect("90 05 1234 00 80 01")
        .close();
    server
        .client5("c5", "17 00")
        .send(
            Packet.of(
                0x82,
                hex("1234 00"),
                string("a"),
                hex("00"),
                string("a+"),
                hex("01"),
                string("c"),
                hex("01")))
        .expect("90 06 1234 00 00 8f 01")
        .close();
  }

  @Test
  void severalFiltersAreAsSeveralPackets() {
    publishRetained("a", "1");
    publishRetained("b", "2");
    try (RawClient client = server.client("c")) {
      client
          .send(Packet.of(0x82, hex("0001"), string("a"), hex("00"), string("b"), hex("00")))
          .expect("90 04 0001 00 00")
          .expect(Packet.of(RETAINED, string("a"), utf8("1")))
          .expect(Packet.of(RETAINED, string("b"), utf8("2")))
          .send(publish("b", "3"), publish("a", "4"))
          .expect(publish("b", "3"))
          .expect(publish("a", "4"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"a/+/", "a/b#", "#/a", "a/#/", "+a", "a+/b", "##", "a/++"})
  void filterThatIsNoneIsRefused(String filter) {
    server.client("c3").send(subscribe(1, filter, 0)).expect("90 03 0001" + code(filter, "80"));
    server
        .client5("c5", "17 00")
        .send(subscribe5(1, "", filter, 0))
        .expect("90 04 0001 00" + code(filter, "8f"));
  }

  private static String code(String filter, String refused) {
    return filter.equals("a/+/") ? "00" : refused;
  }

  @Test
  void firstFilterThatIsRefusedIsTheOneOfTheReason() {
    byte[] filters =
        Packet.bytes(string("a"), hex("00"), string("b+"), hex("00"), string("#/c"), hex("00"));
    try (RawClient client = server.client5("c", "")) {
      String reason = "in a topic filter '+' stands alone in its level: b+";
      client
          .send(Packet.of(0x82, hex("0001 00"), filters))
          .expect(Packet.of(0x90, hex("0001"), hex("36 1f"), string(reason), hex("00 8f 8f")));
    }
  }

  @Test
  void emptyFilterIsRefused() {
    server.client("c3").send(subscribe(1, "", 0)).expect("90 03 0001 80").close();
    server.client5("c5", "17 00").send(subscribe5(1, "", "", 0)).expect("90 04 0001 00 8f").close();
  }

  @Test
  void sameFilterReplacesItsSubscription() {
    publishRetained("a", "kept");
    try (RawClient client = server.client("c")) {
      client
          .send(subscribe(1, "a", 1))
          .expect("90 03 0001 01")
          .expect(Packet.of(RETAINED | 0x02, string("a"), hex("0001"), utf8("kept")))
          .send(subscribe(2, "a", 0))
          .expect("90 03 0002 00")
          .expect(Packet.of(RETAINED, string("a"), utf8("kept")))
          .send(publish("a", 7, "once"))
          .expect(publish("a", "once"))
          .expect("40 02 0007")
          .send("c0 00")
          .expect("d0 00");
    }
  }

  @Test
  void replacementLosesNoMessage() {
    try (RawClient client = server.client("c")) {
      client
          .send(
              subscribe(1, "a", 0),
              publish("a", "1"),
              subscribe(2, "a", 0),
              publish("a", "2"),
              subscribe(3, "a", 0),
              publish("a", "3"))
          .expectInAnyOrder(
              hex("90 03 0001 00"),
              hex("90 03 0002 00"),
              hex("90 03 0003 00"),
              publish("a", "1"),
              publish("a", "2"),
              publish("a", "3"));
    }
  }

  @ParameterizedTest(name = "published at {0}, granted {1}")
  @CsvSource({
    "0, 0, 0", "0, 1, 0", "0, 2, 0", "1, 0, 0", "1, 1, 1", "1, 2, 1", "2, 0, 0", "2, 1, 1",
    "2, 2, 2"
  })
  void qosIsTheLesserOfBoth(int published, int granted, int delivered) {
    try (RawClient client = server.client("c");
        RawClient publisher = server.client("p")) {
      client.send(subscribe(1, "a", granted)).expect("90 03 0001 0" + granted);
      publisher.send(atQos(published, 9));
      client.expect(atQos(delivered, 1));
    }
  }

  private static byte[] atQos(int qos, int packetId) {
    byte[] identifier = qos == 0 ? new byte[0] : Packet.twoBytes(packetId);
    return Packet.of(0x30 | qos << 1, string("a"), identifier, utf8("x"));
  }

  @Test
  void overlappingFiltersBringOneCopyAtTheHighestQos() {
    try (RawClient client = server.client("c");
        RawClient publisher = server.client("p")) {
      client
          .send(subscribe(1, "a/+", 0), subscribe(2, "a/#", 1), subscribe(3, "a/b", 0))
          .expect("90 03 0001 00 90 03 0002 01 90 03 0003 00");
      publisher.send(publish("a/b", 9, "x"), publish("a/b", 10, "y"));
      client.expect(publish("a/b", 1, "x")).expect(publish("a/b", 2, "y"));
    }
  }

  @Test
  void copyTellsTheIdentifiersOfAllFiltersThatMatch() {
    try (RawClient client = server.client5("c", "");
        RawClient publisher = server.client5("p", "")) {
      client
          .send(subscribe5(1, "0b01", "a/+", 0))
          .expect("90 04 0001 00 00")
          .send(subscribe5(2, "0bffffff7f", "a/#", 0))
          .expect("90 04 0002 00 00")
          .send(subscribe5(3, "", "a/b", 0))
          .expect("90 04 0003 00 00")
          .send(subscribe5(4, "0b01", "+/b", 0))
          .expect("90 04 0004 00 00")
          .send(subscribe5(5, "0b09", "b/#", 0))
          .expect("90 04 0005 00 00");
      publisher.send(publish5("a/b", "", "x"));
      client.expectPublish5("a/b", "x", "0b01", "0b01", "0bffffff7f");
    }
  }

  @Test
  void laterSubscriptionChangesTheIdentifier() {
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "0b01", "a", 0))
          .expect("90 04 0001 00 00")
          .send(subscribe5(2, "0b02", "a", 0))
          .expect("90 04 0002 00 00")
          .send(publish5("a", "", "x"))
          .expectPublish5("a", "x", "0b02")
          .send(subscribe5(3, "", "a", 0))
          .expect("90 04 0003 00 00")
          .send(publish5("a", "", "y"))
          .expectPublish5("a", "y");
    }
  }

  @Test
  void retainedMessageTellsTheIdentifierOfItsSubscription() {
    publishRetained("a", "kept");
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "0b05", "a", 0))
          .expect("90 04 0001 00 00")
          .expect(Packet.of(RETAINED, string("a"), hex("02 0b05"), utf8("kept")));
    }
  }

  @ParameterizedTest(name = "Retain Handling {0}: at first {1}, again {2}")
  @CsvSource({"00, true, true", "10, true, false", "20, false, false"})
  void retainHandlingDecidesWhatASubscriptionReplays(String options, boolean first, boolean again) {
    publishRetained("a", "kept");
    try (RawClient client = server.client5("c", "")) {
      for (boolean replays : new boolean[] {first, again}) {
        client
            .send(subscribe5(1, "", "a", Integer.parseInt(options, 16)))
            .expect("90 04 0001 00 00");
        if (replays) {
          client.expect(Packet.of(RETAINED, string("a"), hex("00"), utf8("kept")));
        }
        client.send(publish5("a", "", "live")).expect(publish5("a", "", "live"));
      }
    }
  }

  @Test
  void retainHandlingAsksWhetherThereIsASubscriptionNow() {
    publishRetained("a", "kept");
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "", "a", 0x20))
          .expect("90 04 0001 00 00")
          .send(Packet.of(0xa2, hex("0002 00"), string("a")))
          .expect("b0 04 0002 00 00")
          .send(subscribe5(3, "", "a", 0x10))
          .expect("90 04 0003 00 00")
          .expect(Packet.of(RETAINED, string("a"), hex("00"), utf8("kept")));
    }
  }

  @ParameterizedTest(name = "options {0}, published {1}: arrives {2}")
  @CsvSource({"00, 30, 30", "00, 31, 30", "08, 30, 30", "08, 31, 31"})
  void retainAsPublishedDecidesTheFlag(String options, String published, String arrives) {
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "", "a", Integer.parseInt(options, 16)))
          .expect("90 04 0001 00 00")
          .send(Packet.of(Integer.parseInt(published, 16), string("a"), hex("00"), utf8("x")))
          .expect(Packet.of(Integer.parseInt(arrives, 16), string("a"), hex("00"), utf8("x")));
    }
  }

  @Test
  void retainAsPublishedOfOneFilterHoldsForTheCopyOfAll() {
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "", "a", 0x08))
          .expect("90 04 0001 00 00")
          .send(subscribe5(2, "", "#", 0))
          .expect("90 04 0002 00 00")
          .send(Packet.of(RETAINED, string("a"), hex("00"), utf8("x")))
          .expect(Packet.of(RETAINED, string("a"), hex("00"), utf8("x")));
    }
  }

  @Test
  void noLocalLeavesOutTheClientsOwn() {
    try (RawClient client = server.client5("c", "");
        RawClient other = server.client5("p", "")) {
      client
          .send(subscribe5(1, "", "a", 0x04))
          .expect("90 04 0001 00 00")
          .send(publish5("a", 3, "", "own"))
          .expect("40 02 0003");
      other.send(publish5("a", "", "other"));
      client.expect(publish5("a", "", "other"));
    }
  }

  @Test
  void anotherFilterBringsTheClientsOwnAllTheSame() {
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "0b01", "a", 0x04))
          .expect("90 04 0001 00 00")
          .send(subscribe5(2, "0b02", "#", 0))
          .expect("90 04 0002 00 00")
          .send(publish5("a", "", "own"))
          .expectPublish5("a", "own", "0b02");
    }
  }

  @Test
  void unsubscribeComparesCharacterByCharacter() {
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "", "a/+", 0))
          .expect("90 04 0001 00 00")
          .send(
              Packet.of(
                  0xa2, hex("0002 00"), string("a/b"), string("A/+"), string("a/+/"), string("#")))
          .expect("b0 07 0002 00 11 11 11 11")
          .send(publish5("a/b", "", "still"))
          .expect(publish5("a/b", "", "still"))
          .send(Packet.of(0xa2, hex("0003 00"), string("b"), string("a/+"), string("a/+")))
          .expect("b0 06 0003 00 11 00 11")
          .send(publish5("a/b", 5, "", "no more"))
          .expect("40 02 0005");
    }
  }

  @Test
  void unsubscribeOfMqtt3IsAnsweredWhateverItFinds() {
    try (RawClient client = server.client("c")) {
      client
          .send(subscribe(1, "a", 0), subscribe(2, "b", 0))
          .expect("90 03 0001 00 90 03 0002 00")
          .send(unsubscribe(0xfffe, "x", "a"))
          .expect("b0 02 fffe")
          .send(unsubscribe(3, "x"))
          .expect("b0 02 0003")
          .send(publish("a", "no more"), publish("b", "still"))
          .expect(publish("b", "still"));
    }
  }

  @Test
  void whatWasSentBeforeUnsubscribeIsStillAcknowledged() {
    try (RawClient client = server.client5("c", "21 0001")) {
      client
          .send(subscribe5(1, "", "a", 1))
          .expect("90 04 0001 00 01")
          .send(publish5("a", 7, "", "x"))
          .expect(publish5("a", 1, "", "x"))
          .expect("40 02 0007")
          .send(Packet.of(0xa2, hex("0002 00"), string("a")))
          .expect("b0 04 0002 00 00")
          .send(subscribe5(3, "", "b", 1))
          .expect("90 04 0003 00 01")
          .send(acknowledgement(0x40, 1))
          .send(publish5("b", 8, "", "y"))
          .expect(publish5("b", 2, "", "y"))
          .expect("40 02 0008");
    }
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "a/b,      a/b,    true",
    "a/b,      a/c,    false",
    "a/b,      A/b,    false",
    "a/b,      a/b/,   false",
    "a/+,      a/b,    true",
    "a/+,      a/,     true",
    "a/+,      a,      false",
    "a/+,      a/b/c,  false",
    "+,        a,      true",
    "+,        /a,     false",
    "+/+,      /a,     true",
    "/+,       /a,     true",
    "+/b/+,    a/b/c,  true",
    "a/#,      a,      true",
    "a/#,      a/b/c,  true",
    "a/#,      ab,     false",
    "#,        a/b,    true",
    "#,        /,      true",
    "+/a/#,    x/a,    true",
    "a//b,     a//b,   true",
    "a/+/b,    a//b,   true",
    "a//b,     a/b,    false",
    "#,        $a/b,   false",
    "+/b,      $a/b,   false",
    "$a/#,     $a/b,   true",
    "$a/+,     $a/b,   true",
  })
  void filtersMatchAsTheSpecificationSays(String filter, String topic, boolean matches) {
    try (RawClient client = server.client("c")) {
      client
          .send(subscribe(1, filter, 0), subscribe(2, "end/of/test", 0))
          .expect("90 03 0001 00 90 03 0002 00");
      client.send(publish(topic, "x"), publish("end/of/test", "y"));
      if (matches) {
        client.expect(publish(topic, "x"));
      }
      client.expect(publish("end/of/test", "y"));
    }
  }

  private void publishRetained(String topic, String payload) {
    try (RawClient publisher = server.client("publisher")) {
      publisher
          .send(Packet.of(0x33, string(topic), hex("0001"), utf8(payload)))
          .expect("40 02 0001");
    }
  }
}
