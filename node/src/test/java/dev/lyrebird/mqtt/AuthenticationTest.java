package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.connect;
import static dev.lyrebird.mqtt.Packet.connect5;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.auth.ScramClient;
import dev.lyrebird.auth.ScramCredential;
import dev.lyrebird.auth.Users;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in: enhanced authentication (MQTT 5.0 §4.12) and passwords, byte for byte. */
final class AuthenticationTest {

  private static final String METHOD = "SCRAM-SHA-256";
  private static final int CONTINUE = 0x18;
  private static final int AGAIN = 0x19;

  private static final Users USERS =
      Users.parse(
          List.of(
              Users.line("anna", ScramCredential.of("secret", "salt".getBytes(UTF_8), 4096)),
              Users.line("bob", ScramCredential.of("other", "more".getBytes(UTF_8), 4096))));

  private TestServer server = new TestServer(TestServer.LIMITS, USERS, true);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void clientThatKnowsThePasswordIsLetInAndToldThatTheServerKnowsItToo() {
    ScramClient anna = new ScramClient("anna", "secret", "n,,");
    try (RawClient client = server.client().send(connecting(anna.first()))) {
      client.send(auth(CONTINUE, anna.last(challenge(client))));
      byte[] connack = client.packet();
      assertEquals("20 00 00", text(connack[0], connack[2], connack[3]));
      assertTrue(contains(connack, property(0x16, anna.serversProof())), text(connack));
      assertTrue(contains(connack, property(0x15, METHOD)), text(connack));
      client.send("c0 00").expect("d0 00");
    }
  }

  @Test
  void clientMayBeAskedForItsFirstWord() {
    ScramClient anna = new ScramClient("anna", "secret", "n,,");
    try (RawClient client = server.client().send(connecting(null))) {
      client.expect(auth(CONTINUE, null)).send(auth(CONTINUE, anna.first()));
      client.send(auth(CONTINUE, anna.last(challenge(client))));
      assertEquals(0x20, client.packet()[0]);
    }
  }

  @ParameterizedTest
  @CsvSource({"anna, wrong", "nobody, secret"})
  void wrongProofIsRefused(String user, String password) {
    ScramClient guess = new ScramClient(user, password, "n,,");
    RawClient client = server.client().send(connecting(guess.first()));
    client.send(auth(CONTINUE, guess.last(challenge(client)))).expectRefusal("87");
    assertEquals(1, server.meter("lyrebird.mqtt.logins.refused"));
    assertEquals(0, server.meter("lyrebird.mqtt.connected"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "p=tls-unique,,n=anna,r=abc", "n,,n=anna"})
  void firstWordThatIsNoneIsRefused(String first) {
    server.client().send(connecting(first)).expectRefusal("87");
  }

  @Test
  void unknownMethodIsRefused() {
    server.client().send(connect5("c1", "15 0002 5346")).expectRefusal("8c");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "PUBLISH,           30 04 0001 61 00,            82",
    "PINGREQ,           c0 00,                       82",
    "SUBSCRIBE,         82 07 0001 00 0001 61 00,    82",
    "re-authentication, f0 12 19 10 15 000d 534352414d2d5348412d323536, 82",
    "AUTH of success,   f0 12 00 10 15 000d 534352414d2d5348412d323536, 82",
    "another method,    f0 07 18 05 15 0002 5346,    82",
    "AUTH without any,  f0 02 18 00,                 82",
  })
  void nothingButTheAnswerIsTakenBeforeTheClientIsLetIn(String name, String packet, String code) {
    ScramClient anna = new ScramClient("anna", "secret", "n,,");
    RawClient client = server.client().send(connecting(anna.first()));
    challenge(client);
    client.send(packet).expectRefusal(code);
  }

  @Test
  void clientMayGoInsteadOfAnswering() {
    RawClient client = server.client().send(connecting("n,,n=anna,r=abc"));
    challenge(client);
    client.send("e0 00").expectEnd();
  }

  @Test
  void clientThatDoesNotAnswerIsNotKept() {
    startImpatient();
    RawClient client = server.client().send(connecting("n,,n=anna,r=abc"));
    challenge(client);
    client.expectRefusal("80");
  }

  @Test
  void clientMayAuthenticateAgainWhileItIsServed() {
    try (RawClient client = let("anna", "secret")) {
      ScramClient anna = new ScramClient("anna", "secret", "n,,");
      client.send(auth(AGAIN, anna.first()));
      String challenge = challenge(client);
      client.send("c0 00").expect("d0 00");
      client.send(auth(CONTINUE, anna.last(challenge)));
      client.expect(auth(0, anna.serversProof()));
      client.send("c0 00").expect("d0 00");
    }
  }

  @Test
  void clientThatFailsToAuthenticateAgainIsSentAway() {
    RawClient client = let("anna", "secret");
    ScramClient guess = new ScramClient("anna", "guess", "n,,");
    client.send(auth(AGAIN, guess.first()));
    client.send(auth(CONTINUE, guess.last(challenge(client)))).expectEndWith("87");
  }

  @Test
  void clientDoesNotBecomeAnotherUser() {
    RawClient client = let("anna", "secret");
    ScramClient bob = new ScramClient("bob", "other", "n,,");
    client.send(auth(AGAIN, bob.first()));
    client.send(auth(CONTINUE, bob.last(challenge(client)))).expectEndWith("87");
  }

  @Test
  void clientThatDoesNotFinishToAuthenticateAgainIsSentAway() {
    startImpatient();
    RawClient client = let("anna", "secret");
    client.send(auth(AGAIN, "n,,n=anna,r=abc"));
    challenge(client);
    client.expectEndWith("87");
  }

  @Test
  void methodStaysThatOfConnect() {
    let("anna", "secret").send("f0 07 19 05 15 0002 5346").expectEndWith("82");
    let("anna", "secret").send(auth(CONTINUE, "n,,n=anna,r=abc")).expectEndWith("82");
  }

  @Test
  void clientWithoutMethodCannotAuthenticateAgain() {
    try (TestServer open = new TestServer()) {
      open.client5("c1", "").send(auth(AGAIN, "n,,n=anna,r=abc")).expectEndWith("82");
    }
  }

  @Test
  void rightPasswordIsLetIn() {
    server
        .client()
        .send(withPassword(4, "anna", "secret"), subscribe(1, "a", 0), publish("a", "hi"))
        .expect("20 02 00 00")
        .expect("90 03 0001 00")
        .expect(publish("a", "hi"))
        .close();
    RawClient client = server.client().send(withPassword(5, "anna", "secret"));
    assertEquals(0, client.packet()[3]);
    client.close();
  }

  @ParameterizedTest
  @CsvSource({"anna, wrong", "anna, ''", "nobody, secret"})
  void wrongPasswordIsRefused(String user, String password) {
    server.client().send(withPassword(4, user, password)).expect("20 02 00 04").expectEnd();
    server.client().send(withPassword(5, user, password)).expectRefusal("86");
  }

  @Test
  void passwordThatIsNoTextIsRefused() {
    server
        .client()
        .send(
            Packet.of(
                0x10,
                string("MQTT"),
                hex("04 c2 0000"),
                string("c1"),
                string("anna"),
                hex("0002 00ff")))
        .expect("20 02 00 04")
        .expectEnd();
  }

  @Test
  void clientThatProvesNothingIsRefusedWhereItHasTo() {
    server.client().send(connect("c1")).expect("20 02 00 05").expectEnd();
    server.client().send(connect5("c1", "")).expectRefusal("87");
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("04 82 0000"), string("c1"), string("anna")))
        .expect("20 02 00 05")
        .expectEnd();
  }

  @Test
  void clientThatProvesNothingIsLetInWhereItNeedNot() {
    try (TestServer lenient = new TestServer(TestServer.LIMITS, USERS, false)) {
      lenient.client("c1").close();
      lenient.client().send(withPassword(4, "anna", "wrong")).expect("20 02 00 04").expectEnd();
    }
  }

  @Test
  void refusedStrangerDoesNotEndTheClientWhoseIdItUses() {
    try (RawClient client = server.client().send(withPassword(4, "anna", "secret"))) {
      client.expect("20 02 00 00");
      server.client().send(withPassword(4, "anna", "wrong")).expect("20 02 00 04").expectEnd();
      client.send("c0 00").expect("d0 00");
    }
  }

  /** Replaces the server by one where a client has two seconds. */
  private void startImpatient() {
    server.close();
    server = new TestServer(TestServer.IMPATIENT, USERS, true);
  }

  private RawClient let(String user, String password) {
    ScramClient scram = new ScramClient(user, password, "n,,");
    RawClient client = server.client().send(connecting(scram.first()));
    client.send(auth(CONTINUE, scram.last(challenge(client))));
    assertEquals(0, client.packet()[3]);
    return client;
  }

  private static byte[] connecting(@Nullable String first) {
    return connect5("c1", HexFormat.of().formatHex(step(first)));
  }

  private static byte[] auth(int code, @Nullable String message) {
    byte[] step = step(message);
    return Packet.of(0xf0, new byte[] {(byte) code}, Packet.varint(step.length), step);
  }

  private static byte[] step(@Nullable String message) {
    byte[] data = message == null ? new byte[0] : property(0x16, message);
    return Packet.bytes(property(0x15, METHOD), data);
  }

  private static byte[] property(int identifier, String value) {
    return Packet.bytes(new byte[] {(byte) identifier}, string(value));
  }

  private static byte[] withPassword(int level, String user, String password) {
    return Packet.of(
        0x10,
        string("MQTT"),
        new byte[] {(byte) level},
        hex("c2 0000"),
        hex(level == 5 ? "00" : ""),
        string("c1"),
        string(user),
        string(password));
  }

  /** Expects an AUTH and returns its data. */
  private static String challenge(RawClient client) {
    byte[] packet = client.packet();
    String all = new String(packet, UTF_8);
    assertEquals("f0 18", text(packet[0], packet[2]));
    return all.substring(all.indexOf("r="));
  }

  private static boolean contains(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(Arrays.copyOfRange(all, i, i + part.length), part)) {
        return true;
      }
    }
    return false;
  }

  private static String text(byte... bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
