package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Packets behind CONNECT that break the rules: each ends its connection, with the reason in MQTT 5,
 * and a healthy client beside it goes on.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultyPacketsTest {

  private final TestServer server = new TestServer();
  private RawClient healthy;

  @BeforeEach
  void connectAnother() {
    healthy = server.client("healthy");
  }

  @AfterEach
  void theOtherGoesOn() {
    healthy.send(publish("a", "x"), hex("c000")).expect("d0 00").close();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "type 0,                               00 00",
    "CONNACK,                              20 02 0000",
    "PUBACK with flags,                    42 02 0001",
    "PUBACK without an identifier,         40 00",
    "PUBACK with identifier 0,             40 02 0000",
    "PUBACK that goes on,                  40 03 0001 00",
    "PUBREC with flags,                    51 02 0001",
    "PUBREC with identifier 0,             50 02 0000",
    "PUBREL without its flag,              60 02 0001",
    "PUBREL with DUP,                      6a 02 0001",
    "PUBREL with one flag more,            63 02 0001",
    "PUBREL with identifier 0,             62 02 0000",
    "PUBREL that goes on,                  62 03 0001 00",
    "PUBCOMP with flags,                   72 02 0001",
    "PUBCOMP with identifier 0,            70 02 0000",
    "SUBSCRIBE without its flag,           80 06 0001 0001 61 00",
    "SUBSCRIBE with DUP,                   8a 06 0001 0001 61 00",
    "SUBSCRIBE with identifier 0,          82 06 0000 0001 61 00",
    "SUBSCRIBE without a filter,           82 02 0001",
    "SUBSCRIBE without a QoS,              82 05 0001 0001 61",
    "SUBSCRIBE of QoS 3,                   82 06 0001 0001 61 03",
    "SUBSCRIBE with a reserved bit,        82 06 0001 0001 61 04",
    "SUBSCRIBE with the topmost bit,       82 06 0001 0001 61 80",
    "SUBSCRIBE with half a filter,         82 05 0001 0005 61",
    "SUBACK,                               90 03 0001 00",
    "UNSUBSCRIBE without its flag,         a0 05 0001 0001 61",
    "UNSUBSCRIBE with identifier 0,        a2 05 0000 0001 61",
    "UNSUBSCRIBE without a filter,         a2 02 0001",
    "UNSUBSCRIBE with half a filter,       a2 05 0001 0002 61",
    "UNSUBACK,                             b0 02 0001",
    "PINGREQ with flags,                   c1 00",
    "PINGREQ with content,                 c0 01 00",
    "PINGRESP,                             d0 00",
    "DISCONNECT with flags,                e1 00",
    "DISCONNECT with content,              e0 01 00",
    "AUTH,                                 f0 00",
    "PUBLISH of QoS 3,                     36 05 0001 61 0001",
    "PUBLISH of QoS 0 with DUP,            38 03 0001 61",
    "PUBLISH without an identifier,        32 03 0001 61",
    "PUBLISH with identifier 0,            32 05 0001 61 0000",
    "PUBLISH of QoS 2 with identifier 0,   34 05 0001 61 0000",
    "PUBLISH without a topic,              30 00",
    "PUBLISH with an empty topic,          30 02 0000",
    "PUBLISH with half a topic,            30 03 0002 61",
    "PUBLISH to a wildcard,                30 03 0001 23",
    "PUBLISH to a wildcard within,         30 05 0003 612b62",
    "length of five bytes,                 30 80808080 01",
    "packet that is too large,             30 fdff03",
  })
  void endTheirConnectionInMqtt3(String name, String packet) {
    server.client("faulty").send(packet).expectEnd();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "type 0,                               81, 00 00",
    "CONNECT again,                        82, 10 0f 0004 4d515454 05 02 0000 00 0002 6331",
    "CONNACK,                              82, 20 03 0000 00",
    "PUBACK with flags,                    81, 41 02 0001",
    "PUBACK without an identifier,         81, 40 00",
    "PUBACK with identifier 0,             82, 40 02 0000",
    "PUBACK with another packet's reason,  82, 40 03 0001 92",
    "PUBACK with a reason of servers,      82, 40 03 0001 10",
    "PUBACK with a reason there is not,    82, 40 03 0001 ff",
    "PUBACK with half its properties,      81, 40 05 0001 00 02 26",
    "PUBACK with bytes behind,             81, 40 05 0001 00 00 00",
    "PUBACK with another's property,       81, 40 07 0001 00 03 210001",
    "PUBACK with two Reason Strings,       82, 40 0c 0001 00 08 1f000161 1f000161",
    "PUBREC with flags,                    81, 54 02 0001",
    "PUBREC with identifier 0,             82, 50 02 0000",
    "PUBREC with another's reason,         82, 50 03 0001 92",
    "PUBREL without its flag,              81, 60 02 0001",
    "PUBREL with DUP,                      81, 6a 02 0001",
    "PUBREL with identifier 0,             82, 62 02 0000",
    "PUBREL with another's reason,         82, 62 03 0001 80",
    "PUBCOMP with flags,                   81, 72 02 0001",
    "PUBCOMP with identifier 0,            82, 70 02 0000",
    "PUBCOMP with another's reason,        82, 70 03 0001 87",
    "SUBSCRIBE without its flag,           81, 80 07 0001 00 0001 61 00",
    "SUBSCRIBE with identifier 0,          82, 82 07 0000 00 0001 61 00",
    "SUBSCRIBE without a filter,           82, 82 03 0001 00",
    "SUBSCRIBE without options,            81, 82 06 0001 00 0001 61",
    "SUBSCRIBE of QoS 3,                   82, 82 07 0001 00 0001 61 03",
    "SUBSCRIBE with Retain Handling 3,     82, 82 07 0001 00 0001 61 30",
    "SUBSCRIBE with reserved bit 6,        81, 82 07 0001 00 0001 61 40",
    "SUBSCRIBE with reserved bit 7,        81, 82 07 0001 00 0001 61 80",
    "SUBSCRIBE with identifier of 0,       82, 82 09 0001 02 0b00 0001 61 00",
    "SUBSCRIBE with two identifiers,       82, 82 0b 0001 04 0b010b02 0001 61 00",
    "SUBSCRIBE with a long identifier,     81, 82 0d 0001 06 0b8080808001 0001 61 00",
    "SUBSCRIBE with a padded identifier,   81, 82 0a 0001 03 0b8100 0001 61 00",
    "SUBSCRIBE to $share with No Local,    82, 82 10 0001 00 000a 2473686172652f672f61 04",
    "SUBSCRIBE with another's property,    81, 82 0a 0001 03 230001 0001 61 00",
    "SUBACK,                               82, 90 04 0001 00 00",
    "UNSUBSCRIBE without its flag,         81, a0 06 0001 00 0001 61",
    "UNSUBSCRIBE with identifier 0,        82, a2 06 0000 00 0001 61",
    "UNSUBSCRIBE without a filter,         82, a2 03 0001 00",
    "UNSUBSCRIBE with another's property,  81, a2 08 0001 02 0b01 0001 61",
    "UNSUBACK,                             82, b0 04 0001 00 00",
    "PINGREQ with flags,                   81, c1 00",
    "PINGREQ with content,                 81, c0 01 00",
    "PINGRESP,                             82, d0 00",
    "DISCONNECT with flags,                81, e2 00",
    "DISCONNECT with a reason of servers,  82, e0 01 8e",
    "DISCONNECT with bytes behind,         81, e0 03 00 00 00",
    "DISCONNECT with a server's property,  81, e0 06 00 04 1c000161",
    "DISCONNECT that asks for a session,   82, e0 07 00 05 1100000001",
    "AUTH with flags,                      81, f1 00",
    "AUTH that tells success,              82, f0 00",
    "AUTH with another's reason,           82, f0 02 87 00",
    "PUBLISH of QoS 3,                     81, 36 06 0001 61 0001 00",
    "PUBLISH of QoS 0 with DUP,            81, 38 04 0001 61 00",
    "PUBLISH without an identifier,        81, 32 03 0001 61",
    "PUBLISH with identifier 0,            82, 32 06 0001 61 0000 00",
    "PUBLISH of QoS 2 with identifier 0,   82, 34 06 0001 61 0000 00",
    "PUBLISH without a topic,              81, 30 00",
    "PUBLISH with an empty topic,          82, 30 03 0000 00",
    "PUBLISH with half a topic,            81, 30 03 0002 61",
    "PUBLISH without a property length,    81, 30 03 0001 61",
    "PUBLISH to a wildcard,                90, 30 04 0001 23 00",
    "PUBLISH to a wildcard within,         90, 30 06 0003 612b62 00",
    "PUBLISH with half its properties,     81, 30 05 0001 61 02 01",
    "PUBLISH with a padded length,         81, 30 07 0001 61 8200 0101",
    "PUBLISH with a Payload Format of 2,   82, 30 06 0001 61 02 0102",
    "PUBLISH with two Payload Formats,     82, 30 08 0001 61 04 0101 0101",
    "PUBLISH with two expiries,            82, 30 0e 0001 61 0a 0200000001 0200000001",
    "PUBLISH with two Content Types,       82, 30 0c 0001 61 08 03000161 03000161",
    "PUBLISH with two Response Topics,     82, 30 0c 0001 61 08 08000161 08000161",
    "PUBLISH with two Correlation Datas,   82, 30 0a 0001 61 06 090000 090000",
    "PUBLISH with two aliases,             82, 30 0a 0001 61 06 230001 230001",
    "PUBLISH with a Subscription Id.,      82, 30 06 0001 61 02 0b01",
    "PUBLISH with a property of a will,    81, 30 09 0001 61 05 1800000001",
    "PUBLISH with no known property,       81, 30 06 0001 61 02 7e00",
    "PUBLISH with a long property,         81, 30 08 0001 61 04 ffffff01",
    "PUBLISH with half a User Property,    81, 30 08 0001 61 04 26000161",
    "Response Topic with a wildcard,       82, 30 08 0001 61 04 08000123",
    "Response Topic that is empty,         82, 30 07 0001 61 03 080000",
    "alias 0,                              94, 30 07 0001 61 03 230000",
    "alias beyond the maximum,             94, 30 07 0001 61 03 230005",
    "alias that stands for nothing,        82, 30 06 0000 03 230001",
    "length of five bytes,                 81, 30 80808080 01",
    "padded length,                        81, c0 8000",
    "packet that is too large,             95, 30 fdff03",
  })
  void endTheirConnectionInMqtt5WithTheReason(String name, String code, String packet) {
    server.client5("faulty", "").send(packet).expectEndWith(code);
  }

  @Test
  void nothingBehindThemIsTaken() {
    try (RawClient subscriber = server.client("s")) {
      subscriber.send(Packet.subscribe(1, "b", 0)).expect("90 03 0001 00");
      server.client("faulty").send(hex("c001 00"), publish("b", "after")).expectEnd();
      healthy.send(publish("b", "other"));
      subscriber.expect(publish("b", "other"));
    }
  }
}
