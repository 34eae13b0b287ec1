package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that do not read: nothing is lost, nothing comes twice, and nobody else waits. */
final class SlowStreamTest {

  /** Far more than the sockets of client and server hold together. */
  private static final int EVENTS = 1_500;

  private static final String FILLING = "x".repeat(16 * 1024);

  private HttpNode node;

  @BeforeEach
  void start() {
    node = HttpNode.start("type Sensors @table @export { id: ID @primaryKey }");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void eventStreamIsFedFromTheJournalWhenItDrains() {
    try (RawEventStream slow = RawEventStream.open(node.port(), "/Sensors/?omitCurrent=true")) {
      slow.block();
      writeAll();
      assertHasAll(slow::data);
    }
  }

  @Test
  void webSocketIsFedFromTheJournalWhenItDrains() {
    String path = "/Sensors/?omitCurrent=true&ready=true";
    try (RawWebSocket slow = RawWebSocket.open(node.port(), path)) {
      slow.readText();
      writeAll();
      assertHasAll(slow::readText);
    }
  }

  @Test
  void webSocketThatPublishesAndNeverReadsIsServedAllTheSame() {
    try (RawWebSocket slow = RawWebSocket.open(node.port(), "/Sensors/s1");
        RawWebSocket other = RawWebSocket.open(node.port(), "/Sensors/s1?ready=true")) {
      other.readText();
      Thread.ofVirtual()
          .start(() -> {
            for (int i = 0; i < EVENTS; i++) {
              slow.text(message(i));
            }
          });
      assertHasAll(other::readText);
      assertHasAll(slow::readText);
    }
  }

  /** Pings are answered with their latest alone while there is no room for an answer. */
  @Test
  void pingsOfAClientThatDoesNotReadTakeNoMemory() {
    try (RawWebSocket slow = RawWebSocket.open(node.port(), "/Sensors/?ready=true")) {
      slow.readText();
      writeAll();
      byte[] ping = RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.PING, "x".repeat(125));
      for (int i = 0; i < 200_000; i++) {
        slow.send(ping);
      }
      slow.send(RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.PING, "last"));
      int pongs = 0;
      while (true) {
        RawWebSocket.Frame frame = slow.read();
        if (frame.first() == (RawWebSocket.FIN | RawWebSocket.PONG)) {
          pongs++;
          if (frame.text().equals("last")) {
            break;
          }
        }
      }
      assertTrue(pongs < 200_000, pongs + " pongs were kept");
    }
  }

  private void writeAll() {
    for (int i = 0; i < EVENTS; i++) {
      String message = message(i);
      node.write(
          "Sensors/s1",
          id -> Write.message(id, Payload.json(message.getBytes(StandardCharsets.UTF_8))));
    }
  }

  private static String message(int number) {
    return "{\"n\":" + number + ",\"filling\":\"" + FILLING + "\"}";
  }

  private static void assertHasAll(Supplier<String> events) {
    for (int i = 0; i < EVENTS; i++) {
      String event = events.get();
      int from = event.indexOf("\"n\":") + 4;
      assertEquals(String.valueOf(i), event.substring(from, event.indexOf(',', from)));
    }
  }
}
