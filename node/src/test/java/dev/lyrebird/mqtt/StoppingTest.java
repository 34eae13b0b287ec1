package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.connect5;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.auth.ScramCredential;
import dev.lyrebird.auth.Users;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What clients are told when the node stops. */
final class StoppingTest {

  private static final Users USERS =
      Users.parse(List.of(Users.line("a", ScramCredential.of("b", "salt".getBytes(UTF_8), 4096))));

  /** Authentication Method SCRAM-SHA-256, without data: the client will be asked for them. */
  private static final String LOGIN = "15 000d 534352414d2d5348412d323536";

  @Test
  void clientsAreToldThatTheNodeStops() {
    TestServer server = new TestServer();
    RawClient client = server.client5("c1", "");
    RawClient old = server.client("c2");
    server.close();
    client.expectEndWith("8b");
    old.expectEnd();
  }

  @Test
  void clientsAreSentToTheOtherServer() {
    TestServer server = new TestServer(USERS, "b:1");
    RawClient client = server.client5("c1", "");
    RawClient old = server.client("c2");
    server.close();
    client.expect("e0 08 9c 06 1c 0003 623a31").expectEnd();
    old.expectEnd();
  }

  @Test
  void clientThatTakesNoPacketWithTheNameOfTheServerIsSpared() {
    TestServer server = new TestServer(USERS, "b".repeat(64));
    RawClient narrow = server.client5("c1", "27 00000040");
    server.close();
    narrow.expectEndWith("9c");
  }

  @Test
  void clientThatIsBeingLetInIsSentThereToo() {
    TestServer server = new TestServer(USERS, "b:1");
    RawClient client = server.client().send(connect5("c1", LOGIN));
    client.packet();
    server.close();
    byte[] connack = client.packet();
    assertEquals((byte) 0x9c, connack[3]);
    assertEquals("1c 00 03 62 3a 31", Packet.propertiesIn(connack, 4).getFirst());
    client.expectEnd();
  }

  @Test
  void clientThatIsBeingLetInIsToldOtherwiseThatThereIsNoServer() {
    TestServer server = new TestServer(USERS, "");
    RawClient client = server.client().send(connect5("c1", LOGIN));
    client.packet();
    server.close();
    client.expectRefusal("88");
  }

  @Test
  void clientThatLagsIsToldBehindWhatWaitsForIt() {
    TestServer server = new TestServer();
    RawClient client = lagging(server);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
    int last = 0x30;
    while (last == 0x30) {
      last = client.packet()[0] & 0xff;
    }
    assertEquals(0xe0, last);
    client.expectEnd();
    closed.join();
  }

  @Test
  void clientThatReadsNothingDoesNotKeepTheNode() {
    TestServer server = new TestServer();
    RawClient client = lagging(server);
    server.close();
    client.close();
  }

  /** Returns a client whose socket is full. */
  private static RawClient lagging(TestServer server) {
    RawClient client = server.slowClient().send(connect5("c1", ""));
    client.packet();
    client.send(subscribe5(1, "", "a", 0)).packet();
    RawClient publisher = server.client("c2");
    byte[] publish = publish("a", "x".repeat(10_000));
    for (int i = 0; i < 1000; i++) {
      publisher.send(publish);
    }
    publisher.send("c0 00").expect("d0 00");
    return client;
  }
}
