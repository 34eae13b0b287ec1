package dev.lyrebird.http;

import static dev.lyrebird.http.RawWebSocket.BINARY;
import static dev.lyrebird.http.RawWebSocket.CLOSE;
import static dev.lyrebird.http.RawWebSocket.CONTINUATION;
import static dev.lyrebird.http.RawWebSocket.FIN;
import static dev.lyrebird.http.RawWebSocket.PING;
import static dev.lyrebird.http.RawWebSocket.PONG;
import static dev.lyrebird.http.RawWebSocket.TEXT;
import static dev.lyrebird.http.RawWebSocket.frame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A protocol of bytes over WebSockets, with one that echoes them until it is sent an 'x'. */
final class SubprotocolTest {

  private static final int MAX_FRAME = 100;

  private static HttpNode node;

  /** Echoes whatever buffers come, and closes at an 'x'. */
  @SuppressWarnings("FutureReturnValueIgnored") // the client sees what became of it
  private static final class Echo implements Subprotocol {

    @Override
    public String name() {
      return "bytes";
    }

    @Override
    public int maxFrameBytes() {
      return MAX_FRAME;
    }

    @Override
    public Future<Void> end() {
      return Future.succeededFuture();
    }

    @Override
    public void accept(NetSocketInternal socket) {
      socket
          .channelHandlerContext()
          .pipeline()
          .addBefore(
              "handler",
              "echo",
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  if (!(message instanceof ByteBuf bytes)) {
                    ctx.fireChannelRead(message);
                  } else if (bytes.toString(StandardCharsets.US_ASCII).equals("x")) {
                    bytes.release();
                    ctx.close();
                  } else {
                    ctx.writeAndFlush(bytes);
                  }
                }
              });
    }
  }

  @BeforeAll
  static void start() {
    node =
        HttpNode.start(
            "type Sensors @table @export { id: ID @primaryKey }",
            HttpNode.SETTINGS,
            new Upgrades(tables -> List.of(new Echo()), Map.of()));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void subprotocolIsTakenWhereverItStandsInTheOffer() {
    for (String offer : List.of("bytes", "graphql, bytes", "a,bytes,b")) {
      try (RawWebSocket client = RawWebSocket.connect(node.port())) {
        assertTrue(open(client, "/any/path", offer).contains("sec-websocket-protocol: bytes\r\n"));
      }
    }
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      assertFalse(open(client, "/Sensors/", "other").contains("sec-websocket-protocol"));
    }
  }

  @Test
  void bytesPassWhateverFramesTheyComeIn() {
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      open(client, "/", "bytes");
      client.send(
          frame(FIN | BINARY, "one"),
          frame(BINARY, "t"),
          frame(FIN | PING, "ping"),
          frame(CONTINUATION, ""),
          frame(FIN | CONTINUATION, "wo"));
      assertFrame(FIN | BINARY, "one", client.read());
      assertFrame(FIN | BINARY, "t", client.read());
      assertFrame(FIN | PONG, "ping", client.read());
      assertFrame(FIN | BINARY, "wo", client.read());
    }
  }

  @Test
  void textAndTooLargeFramesEndTheConnection() {
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      open(client, "/", "bytes");
      client.send(frame(FIN | TEXT, "text"));
      assertEquals(1003, client.readClose());
    }
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      open(client, "/", "bytes");
      client.send(frame(FIN | BINARY, new byte[MAX_FRAME + 1]));
      assertEquals(1009, client.readClose());
    }
  }

  @Test
  void channelIsClosedWithAHandshake() {
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      open(client, "/", "bytes");
      client.send(frame(FIN | BINARY, "x"));
      RawWebSocket.Frame close = client.read();
      assertEquals(FIN | CLOSE, close.first());
      assertEquals(1000, close.code());
      client.send(frame(FIN | BINARY, "late"), RawWebSocket.close(1000));
      client.assertEnd();
    }
  }

  private static String open(RawWebSocket client, String path, String offer) {
    client.request(path, RawWebSocket.KEY + "Sec-WebSocket-Protocol: " + offer + "\r\n");
    String head = client.head();
    assertTrue(head.startsWith("HTTP/1.1 101 "), head);
    return head.toLowerCase(Locale.ROOT);
  }

  private static void assertFrame(int first, String body, RawWebSocket.Frame frame) {
    assertEquals(first, frame.first());
    assertEquals(body, frame.text());
  }
}
