package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lyrebird.client.RawSocket;
import dev.lyrebird.client.RawWebSocket;
import dev.lyrebird.client.RawWebSocket.Frame;
import dev.lyrebird.harness.NodeProcess;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * RFC 6455 byte by byte, on the socket of a row: what a client sends there comes back to it as a
 * message.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class WebSocketFramingIT {

  private static final String PATH = "/Rows/framing?omitCurrent=true";
  private static final int FIN_TEXT = 0x81;

  private final NodeProcess node =
      NodeProcess.start(
          Nodes.named("framing").schema("type Rows @table @export { id: ID @primaryKey }"));

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void fragmentsBecomeOneMessageAndControlFramesMayComeBetween() {
    try (RawWebSocket socket = RawWebSocket.open(node.addresses(), PATH)) {
      // The fragments split the two bytes of a character.
      socket.sendFragment(RawWebSocket.TEXT, hex("7b 22 61 22 3a 22 c3"));
      socket.send(RawWebSocket.PING, "between");
      assertEquals(new Frame(true, RawWebSocket.PONG, "between"), socket.read());
      socket.sendFragment(RawWebSocket.CONTINUATION, new byte[0]);
      socket.send(RawWebSocket.CONTINUATION, hex("bc 22 7d"));
      String echo =
          new String(
              socket.read().text().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      assertEquals(Events.message("framing", "{\"a\":\"\u00fc\"}"), Events.unstamped(echo));
    }
  }

  @Test
  void aPongThatNobodyAskedForIsIgnored() {
    try (RawWebSocket socket = RawWebSocket.open(node.addresses(), PATH)) {
      socket.send(RawWebSocket.PONG, "unasked");
      socket.send(RawWebSocket.PING, "");
      assertEquals(new Frame(true, RawWebSocket.PONG, ""), socket.read());
    }
  }

  @Test
  void aMessageOfOneMebibyteIsTakenAndALongerOneIsNot() {
    try (RawWebSocket socket = RawWebSocket.open(node.addresses(), PATH)) {
      socket.send(RawWebSocket.TEXT, "\"" + "x".repeat((1 << 20) - 2) + "\"");
      assertTrue(socket.read().text().contains("\"type\":\"message\""));
      socket.send(RawWebSocket.TEXT, "\"" + "x".repeat(1 << 20) + "\"");
      assertEquals(1009, socket.readCloseCode());
    }
  }

  @Test
  void fragmentsThatAreTooLongTogetherAreNotTaken() {
    try (RawWebSocket socket = RawWebSocket.open(node.addresses(), PATH)) {
      socket.sendFragment(RawWebSocket.TEXT, new byte[1 << 19]);
      socket.sendFragment(RawWebSocket.CONTINUATION, new byte[1 << 19]);
      socket.send(RawWebSocket.CONTINUATION, new byte[1]);
      assertEquals(1009, socket.readCloseCode());
    }
  }

  @TestFactory
  Stream<DynamicTest> aBrokenFrameClosesWithItsCode() {
    return Stream.of(
        closes("text that is not UTF-8", 1007, s -> s.send(RawWebSocket.TEXT, hex("c0 af"))),
        closes("a surrogate in UTF-8", 1007, s -> s.send(RawWebSocket.TEXT, hex("ed a0 80"))),
        closes("a character cut off", 1007, s -> s.send(RawWebSocket.TEXT, hex("22 c3"))),
        closes(
            "text that turns bad in its second fragment",
            1007,
            s -> {
              s.sendFragment(RawWebSocket.TEXT, hex("22 c3"));
              s.send(RawWebSocket.CONTINUATION, hex("28 22"));
            }),
        closes("a reserved bit", 1002, s -> s.sendBroken(0xc1, true, hex("22 22"))),
        closes("a reserved data opcode", 1002, s -> s.sendBroken(0x83, true, hex("22 22"))),
        closes("a reserved control opcode", 1002, s -> s.sendBroken(0x8b, true, hex(""))),
        closes("a frame without mask", 1002, s -> s.sendBroken(FIN_TEXT, false, hex("22 22"))),
        closes("a ping in fragments", 1002, s -> s.sendFragment(RawWebSocket.PING, hex("61"))),
        closes("a ping of 126 bytes", 1002, s -> s.send(RawWebSocket.PING, new byte[126])),
        closes(
            "a continuation of nothing",
            1002,
            s -> s.send(RawWebSocket.CONTINUATION, hex("22 22"))),
        closes(
            "a new message within another",
            1002,
            s -> {
              s.sendFragment(RawWebSocket.TEXT, hex("22"));
              s.send(RawWebSocket.TEXT, hex("22 22"));
            }),
        closes("a close of one byte", 1002, s -> s.send(RawWebSocket.CLOSE, hex("03"))),
        closes("close code 999", 1002, s -> s.send(RawWebSocket.CLOSE, hex("03 e7"))),
        closes("close code 1004", 1002, s -> s.send(RawWebSocket.CLOSE, hex("03 ec"))),
        closes("close code 1005", 1002, s -> s.send(RawWebSocket.CLOSE, hex("03 ed"))),
        closes("close code 1006", 1002, s -> s.send(RawWebSocket.CLOSE, hex("03 ee"))),
        closes("close code 1015", 1002, s -> s.send(RawWebSocket.CLOSE, hex("03 f7"))),
        closes("close code 2999", 1002, s -> s.send(RawWebSocket.CLOSE, hex("0b b7"))),
        closes("close code 5000", 1002, s -> s.send(RawWebSocket.CLOSE, hex("13 88"))),
        closes(
            "a close reason that is not UTF-8",
            1007,
            s -> s.send(RawWebSocket.CLOSE, hex("03 e8 ff"))));
  }

  @TestFactory
  Stream<DynamicTest> aGoodCloseIsAnswered() {
    return Stream.of(
        closes("close code 1000", 1000, s -> s.send(RawWebSocket.CLOSE, hex("03 e8"))),
        closes("a reason", 1000, s -> s.send(RawWebSocket.CLOSE, hex("03 e8 62 79 65"))),
        closes("close code 3000", 3000, s -> s.send(RawWebSocket.CLOSE, hex("0b b8"))),
        closes("close code 4999", 4999, s -> s.send(RawWebSocket.CLOSE, hex("13 87"))),
        dynamicTest(
            "no code",
            () -> {
              try (RawWebSocket socket = RawWebSocket.open(node.addresses(), PATH)) {
                socket.send(RawWebSocket.CLOSE, "");
                Frame answer = socket.read();
                assertEquals(RawWebSocket.CLOSE, answer.opcode());
              }
            }));
  }

  @TestFactory
  Stream<DynamicTest> aHandshakeIsRefusedBeforeTheUpgrade() {
    String version = "Sec-WebSocket-Version: 13";
    return Stream.of(
        refuses("a path that is nowhere", "404", RawWebSocket.handshake("/nowhere/x", version)),
        refuses("another version", "426", RawWebSocket.handshake(PATH, "Sec-WebSocket-Version: 8")),
        refuses(
            "a page of another origin",
            "403",
            RawWebSocket.handshake(PATH, version, "Origin: http://evil.example")));
  }

  @Test
  void anUnsupportedVersionIsToldTheRightOne() {
    try (RawSocket socket = new RawSocket(node.addresses().host(), node.addresses().http())) {
      socket.send(RawWebSocket.handshake(PATH, "Sec-WebSocket-Version: 8"));
      assertTrue(
          socket
              .readThrough("\r\n\r\n")
              .toLowerCase(Locale.ROOT)
              .contains("sec-websocket-version: 13\r\n"));
    }
  }

  @Test
  void aFrameThatCannotBeTakenIsAnsweredAndTheSocketStaysOpen() {
    try (RawWebSocket socket = RawWebSocket.open(node.addresses(), "/Rows/?omitCurrent=true")) {
      for (String frame :
          new String[] {"{", "[]", "{\"value\":1}", "{\"id\":\"a\",\"type\":\"x\"}"}) {
        socket.send(RawWebSocket.TEXT, frame);
        String answer = socket.read().text();
        assertTrue(
            answer.startsWith("{\"type\":\"error\",\"status\":400,\"title\":\""),
            () -> frame + " was answered by " + answer);
      }
      socket.send(RawWebSocket.TEXT, "{\"id\":\"a\",\"value\":1}");
      assertEquals(Events.message("a", "1"), Events.unstamped(socket.read().text()));
    }
  }

  private DynamicTest closes(String what, int code, Consumer<RawWebSocket> sends) {
    return dynamicTest(
        what,
        () -> {
          try (RawWebSocket socket = RawWebSocket.open(node.addresses(), PATH)) {
            sends.accept(socket);
            assertEquals(code, socket.readCloseCode());
          }
        });
  }

  private DynamicTest refuses(String what, String status, String handshake) {
    return dynamicTest(
        what,
        () -> {
          try (RawSocket socket = new RawSocket(node.addresses().host(), node.addresses().http())) {
            socket.send(handshake);
            String head = socket.readThrough("\r\n\r\n");
            assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
          }
        });
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }
}
