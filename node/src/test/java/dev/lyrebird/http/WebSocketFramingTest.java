package dev.lyrebird.http;

import static dev.lyrebird.http.RawWebSocket.BINARY;
import static dev.lyrebird.http.RawWebSocket.CLOSE;
import static dev.lyrebird.http.RawWebSocket.CONTINUATION;
import static dev.lyrebird.http.RawWebSocket.FIN;
import static dev.lyrebird.http.RawWebSocket.PING;
import static dev.lyrebird.http.RawWebSocket.PONG;
import static dev.lyrebird.http.RawWebSocket.TEXT;
import static dev.lyrebird.http.RawWebSocket.close;
import static dev.lyrebird.http.RawWebSocket.frame;
import static dev.lyrebird.http.RawWebSocket.header;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.http.RawWebSocket.Frame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 on the wire, frame by frame, against a path that echoes. */
final class WebSocketFramingTest {

  private static final int MAX_FRAME = 1 << 20;
  private static final int MAX_FRAMES_PER_SECOND = 100;

  private static HttpNode node;
  private static int port;

  /** Sends everything back in kind. */
  private record Echo(WebSocketConnection connection) implements WebSocketListener {

    @Override
    public void text(byte[] utf8) {
      connection.text(utf8);
    }

    @Override
    public void binary(byte[] bytes) {
      connection.binary(bytes);
    }
  }

  @BeforeAll
  static void start() {
    node = start(HttpNode.NEVER_SECONDS);
    port = node.port();
  }

  /** Starts a node that pings its peers so often. */
  private static HttpNode start(int pingSeconds) {
    return HttpNode.start(
        "type topics @table @export { id: ID @primaryKey }",
        new HttpSettings(
            "127.0.0.1",
            0,
            HttpNode.NEVER_SECONDS,
            HttpNode.NEVER_SECONDS,
            List.of(),
            0,
            MAX_FRAME,
            MAX_FRAME,
            1_000,
            MAX_FRAME,
            MAX_FRAMES_PER_SECOND,
            pingSeconds,
            HttpNode.NEVER_SECONDS,
            262_144,
            16,
            true,
            true,
            true,
            true),
        new Upgrades(tables -> List.of(), Map.of("echo", Echo::new)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void handshakeIsAnsweredAsTheStandardShows() {
    try (RawWebSocket client = RawWebSocket.connect(port)) {
      client.request(
          "/echo", RawWebSocket.KEY + "Sec-WebSocket-Extensions: permessage-deflate\r\n");
      String head = client.head().toLowerCase(Locale.ROOT);
      assertEquals("s3pplmbitxaq9kygzzhzrbk+xoo=", field(head, "sec-websocket-accept"));
      assertEquals("websocket", field(head, "upgrade"));
      assertEquals("upgrade", field(head, "connection"));
      assertEquals("", field(head, "sec-websocket-extensions"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, MAX_FRAME})
  void messagesOfEveryLengthComeBack(int length) {
    byte[] body = new byte[length];
    new Random(length).nextBytes(body);
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(frame(FIN | BINARY, body));
      Frame frame = client.read();
      assertEquals(FIN | BINARY, frame.first());
      assertArrayEquals(body, frame.body());
      Arrays.fill(body, (byte) 'x');
      client.send(frame(FIN | TEXT, body));
      assertEquals(length, client.readText().length());
    }
  }

  @Test
  void frameArrivingByteByByteIsTaken() {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      for (byte one : frame(FIN | TEXT, "käse")) {
        client.send(new byte[] {one});
      }
      assertEquals("käse", client.readText());
    }
  }

  @Test
  void fragmentsAreJoinedAndPingsBetweenThemAnsweredFirst() {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(
          frame(TEXT, "a"),
          frame(FIN | PING, "1"),
          frame(CONTINUATION, ""),
          frame(FIN | PING, "2"),
          frame(FIN | PONG, "unasked"),
          frame(FIN | CONTINUATION, "b"));
      assertPong("1", client.read());
      assertPong("2", client.read());
      assertEquals("ab", client.readText());
    }
  }

  @Test
  void characterSplitBetweenFragmentsIsWhole() {
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(
          frame(TEXT, Arrays.copyOfRange(euro, 0, 1)),
          frame(FIN | PING, "x"),
          frame(CONTINUATION, Arrays.copyOfRange(euro, 1, 2)),
          frame(FIN | CONTINUATION, Arrays.copyOfRange(euro, 2, 3)));
      assertPong("x", client.read());
      assertEquals("€", client.readText());
    }
  }

  @Test
  void binaryFragmentsNeedNotBeText() {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(
          frame(BINARY, new byte[] {(byte) 0xff}),
          frame(FIN | CONTINUATION, new byte[] {(byte) 0xc0}));
      assertArrayEquals(new byte[] {(byte) 0xff, (byte) 0xc0}, client.read().body());
      client.text("still here");
      assertEquals("still here", client.readText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ff", "c3", "c0af", "eda080", "f4908080", "e282", "61c328", "f0288cbc", "80"})
  void textThatIsNotUtf8IsRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertCloses(1007, frame(FIN | TEXT, bytes));
    assertCloses(1007, frame(TEXT, "fine"), frame(FIN | CONTINUATION, bytes));
  }

  @Test
  void faultyTextIsRefusedBeforeItsLastFragment() {
    assertCloses(1007, frame(TEXT, new byte[] {(byte) 0xff}));
    assertCloses(1007, frame(TEXT, "a"), frame(CONTINUATION, new byte[] {(byte) 0xc0}));
  }

  @Test
  void violationsOfTheFramingAreRefused() {
    assertCloses(1002, frame(FIN | 0x40 | TEXT, "rsv1"));
    assertCloses(1002, frame(FIN | 0x20 | TEXT, "rsv2"));
    assertCloses(1002, frame(FIN | 0x10 | PING, "rsv3"));
    for (int opcode : new int[] {3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF}) {
      assertCloses(1002, frame(FIN | opcode, ""));
    }
    assertCloses(1002, frame(FIN | CONTINUATION, "of nothing"));
    assertCloses(1002, frame(CONTINUATION, "of nothing"));
    assertCloses(1002, frame(TEXT, "begun"), frame(FIN | TEXT, "again"));
    assertCloses(1002, frame(TEXT, "begun"), frame(BINARY, "again"));
    assertCloses(1002, frame(PING, "in fragments"));
    assertCloses(1002, frame(CLOSE, ""));
    assertCloses(1002, frame(FIN | PING, new byte[126]));
    assertCloses(1002, frame(FIN | CLOSE, new byte[126]));
    assertCloses(1002, new byte[] {(byte) (FIN | TEXT), 1, 'x'}); // not masked
    assertCloses(
        1002, new byte[] {(byte) (FIN | TEXT), (byte) 0xfe, 0, 5}); // length spelt too long
    assertCloses(1002, new byte[] {(byte) (FIN | TEXT), (byte) 0xff, -1, 0, 0, 0, 0, 0, 0, 0});
  }

  @Test
  void whatIsTooLargeIsRefusedAtItsHeader() {
    assertCloses(1009, header(FIN | BINARY, MAX_FRAME + 1));
    assertCloses(1009, frame(BINARY, new byte[MAX_FRAME]), frame(FIN | CONTINUATION, "1"));
    assertCloses(1009, frame(FIN | TEXT, new byte[3 * MAX_FRAME])); // is still being sent
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4999})
  void legalCloseIsAnsweredInKind(int code) {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(close(code, (byte) 'b', (byte) 'y', (byte) 'e'));
      assertEquals(code, client.readClose());
    }
  }

  @Test
  void closeWithoutCodeIsAnsweredInKind() {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(frame(FIN | CLOSE, ""));
      assertEquals(1005, client.readClose());
    }
  }

  @Test
  void faultyCloseIsRefused() {
    assertCloses(1002, frame(FIN | CLOSE, new byte[1]));
    for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2999, 5000, 65_535}) {
      assertCloses(1002, close(code));
    }
    assertCloses(1007, close(1000, (byte) 0xff));
    assertCloses(1007, close(1000, (byte) 'a', (byte) 0xe2, (byte) 0x82)); // breaks off
  }

  @Test
  void whatComesAfterTheCloseFrameIsIgnored() {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(close(1000), frame(FIN | TEXT, "late"), frame(FIN | PING, "late"));
      assertEquals(1000, client.readClose());
    }
  }

  @Test
  void closeAmongFragmentsIsTaken() {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(frame(TEXT, "begun"), close(1000));
      assertEquals(1000, client.readClose());
    }
  }

  @Test
  void clientThatSendsTooOftenIsClosed() {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      byte[][] frames = new byte[10 * MAX_FRAMES_PER_SECOND + 1][];
      Arrays.fill(frames, frame(FIN | TEXT, "x"));
      client.send(frames); // at once, and more than a machine can spread over so many seconds
      Frame frame = client.read();
      while (frame.first() != (FIN | CLOSE)) {
        frame = client.read();
      }
      assertEquals(1008, frame.code());
      client.assertEnd();
    }
  }

  @Test
  void silentPeerIsPingedAndThenClosed() {
    try (HttpNode pinging = start(2);
        RawWebSocket client = RawWebSocket.open(pinging.port(), "/echo")) {
      Frame ping = client.read();
      assertEquals(FIN | PING, ping.first());
      client.send(frame(FIN | PONG, ping.body()));
      assertEquals(FIN | PING, client.read().first());
      client.assertEnd();
    }
  }

  /** Sends frames and expects the server to give up with that code, having sent nothing else. */
  private static void assertCloses(int code, byte[]... frames) {
    try (RawWebSocket client = RawWebSocket.open(port, "/echo")) {
      client.send(frames);
      assertEquals(code, client.readClose());
    }
  }

  private static void assertPong(String body, Frame frame) {
    assertEquals(FIN | PONG, frame.first());
    assertEquals(body, frame.text());
  }

  private static String field(String head, String name) {
    return head.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }
}
