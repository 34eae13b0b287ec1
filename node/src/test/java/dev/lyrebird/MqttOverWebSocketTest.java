package dev.lyrebird;

import static dev.lyrebird.mqtt.Packet.bytes;
import static dev.lyrebird.mqtt.Packet.connect;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.http.RawWebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT over the WebSockets of a node: frames are no packets, and text is none at all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MqttOverWebSocketTest {

  private static final int FIN_BINARY = RawWebSocket.FIN | RawWebSocket.BINARY;
  private static final byte[] CONVERSATION =
      bytes(
          connect("c"),
          subscribe(1, "a", 0),
          publish("a", "x".repeat(300)),
          publish("a", "y"),
          publish("a", "z"));
  private static final byte[] ANSWERS =
      bytes(
          hex("20020000 9003000100"),
          publish("a", "x".repeat(300)),
          publish("a", "y"),
          publish("a", "z"));

  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private Node node;
  private int port;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("schema.graphql"), "type topics @table @export(name: \"\") { id: ID }");
    Path file = Files.writeString(folder.resolve("config.yaml"), "");
    NodeConfig config =
        ConfigFile.read(
            file,
            List.of(
                "storage.path=data",
                "http.port=0",
                "mqtt.network.port=0",
                "operations.port=0",
                "loops.http=1",
                "loops.mqtt=1"));
    node = Node.start(config, faults::add);
    Matcher address = Pattern.compile("http \\S+:(\\d+)").matcher(node.startLine());
    assertTrue(address.find(), node.startLine());
    port = Integer.parseInt(address.group(1));
  }

  @AfterAll
  void stop() {
    node.close();
    assertEquals(List.of(), faults);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/mqtt", "/any/path/with/more"})
  void handshakeAnswersWithTheNameOfTheProtocol(String path) {
    assertTrue(opened(path, "mqtt").contains("sec-websocket-protocol: mqtt\r\n"));
    assertTrue(opened(path, "x, mqtt").contains("sec-websocket-protocol: mqtt\r\n"));
    assertTrue(opened(path, "mqttv3.1").contains("sec-websocket-protocol: mqttv3.1\r\n"));
  }

  @Test
  void socketWithoutTheNameSpeaksNoMqtt() {
    assertFalse(opened("/topics/a", "MQTT").contains("sec-websocket-protocol"));
    assertFalse(opened("/topics/a", "mqtts").contains("sec-websocket-protocol"));
  }

  private String opened(String path, String offer) {
    try (RawWebSocket socket = RawWebSocket.connect(port)) {
      socket.request(path, RawWebSocket.KEY + "Sec-WebSocket-Protocol: " + offer + "\r\n");
      return socket.head().toLowerCase(Locale.ROOT);
    }
  }

  @Test
  void oneFrameMayHoldManyPackets() {
    try (RawWebSocket socket = open()) {
      socket.send(RawWebSocket.frame(FIN_BINARY, CONVERSATION));
      assertAnswers(socket);
    }
  }

  @Test
  void packetsMayBeSplitOverFramesAnywhere() {
    for (int size : new int[] {1, 2, 3, 7, 100}) {
      try (RawWebSocket socket = open()) {
        for (int at = 0; at < CONVERSATION.length; at += size) {
          int end = Math.min(at + size, CONVERSATION.length);
          socket.send(RawWebSocket.frame(FIN_BINARY, Arrays.copyOfRange(CONVERSATION, at, end)));
        }
        assertAnswers(socket);
      }
    }
  }

  @Test
  void messagesMayComeInFragmentsWithPingsBetween() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    try (RawWebSocket socket = open()) {
      boolean isFirst = true;
      for (int at = 0; at < CONVERSATION.length; ) {
        int end = Math.min(at + random.nextInt(40), CONVERSATION.length);
        int opcode = isFirst ? RawWebSocket.BINARY : RawWebSocket.CONTINUATION;
        isFirst = end == CONVERSATION.length || random.nextInt(4) == 0;
        socket.send(
            RawWebSocket.frame(
                opcode | (isFirst ? RawWebSocket.FIN : 0),
                Arrays.copyOfRange(CONVERSATION, at, end)));
        socket.send(RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.PONG, ""));
        at = end;
      }
      assertAnswers(socket);
    } catch (AssertionError e) {
      throw new AssertionError("-Dseed=" + seed, e);
    }
  }

  @Test
  void textFrameEndsTheConnection() {
    try (RawWebSocket socket = open()) {
      socket.send(RawWebSocket.frame(FIN_BINARY, connect("t")));
      assertEquals("20020000", HexFormat.of().formatHex(socket.read().body()));
      socket.send(RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.TEXT, "text"));
      assertEquals(1003, socket.readClose());
    }
    try (RawWebSocket socket = open()) {
      socket.send(RawWebSocket.frame(RawWebSocket.TEXT, connect("t")));
      assertEquals(1003, socket.readClose());
    }
  }

  @Test
  void faultyPacketEndsTheConnectionWithAHandshake() {
    try (RawWebSocket socket = open()) {
      socket.send(RawWebSocket.frame(FIN_BINARY, connect("f")));
      socket.read();
      socket.send(RawWebSocket.frame(FIN_BINARY, hex("c100")));
      assertEquals(1000, socket.readClose());
    }
  }

  private RawWebSocket open() {
    RawWebSocket socket = RawWebSocket.connect(port);
    socket.request("/mqtt", RawWebSocket.KEY + "Sec-WebSocket-Protocol: mqtt\r\n");
    String head = socket.head();
    assertTrue(head.startsWith("HTTP/1.1 101 "), head);
    return socket;
  }

  /** The answers come in binary frames, however many. */
  private static void assertAnswers(RawWebSocket socket) {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    while (answers.size() < ANSWERS.length) {
      RawWebSocket.Frame frame = socket.read();
      assertEquals(FIN_BINARY, frame.first());
      answers.writeBytes(frame.body());
    }
    assertEquals(
        HexFormat.of().formatHex(ANSWERS), HexFormat.of().formatHex(answers.toByteArray()));
  }
}
