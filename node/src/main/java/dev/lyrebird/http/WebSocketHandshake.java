package dev.lyrebird.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The opening handshake of a WebSocket (RFC 6455 §4.2), by hand: Vert.x keeps the channel behind.
 */
final class WebSocketHandshake {

  /** The one version of the protocol (RFC 6455 §4.1). */
  private static final String VERSION = "13";

  /** RFC 9110 §15.5.22, RFC 6455 §4.4. */
  private static final Map<String, String> WHAT_TO_UPGRADE_TO =
      Map.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", VERSION);

  /** RFC 6455 §1.3. */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final int KEY_BYTES = 16;

  private WebSocketHandshake() {}

  /** Tells whether a request asks for a WebSocket, be it in a way that {@link #problem} refuses. */
  static boolean isAskedBy(HttpServerRequest request) {
    return isUpgrade(request) || request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY);
  }

  /** Returns why a request is refused before any look at its path, or null where it is not. */
  static @Nullable Problem problem(HttpServerRequest request) {
    if (!isUpgrade(request) || !VERSION.equals(version(request))) {
      String detail = "a WebSocket is opened over HTTP/1.1 with Upgrade: websocket, version ";
      return new Problem(426, detail + VERSION, List.of(), null, WHAT_TO_UPGRADE_TO);
    }
    String fault = fault(request);
    return fault == null ? null : Problem.of(400, fault);
  }

  /** Other upgrades than to WebSocket are passed over, as they may be (RFC 9110 §7.8). */
  private static boolean isUpgrade(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_1
        && tokens(request, HttpHeaderNames.UPGRADE).anyMatch("websocket"::equalsIgnoreCase);
  }

  private static @Nullable String version(HttpServerRequest request) {
    return request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
  }

  private static @Nullable String fault(HttpServerRequest request) {
    if (!HttpMethod.GET.equals(request.method())) {
      return "a WebSocket is opened with GET";
    }
    if (tokens(request, HttpHeaderNames.CONNECTION).noneMatch("upgrade"::equalsIgnoreCase)) {
      return "the header Connection lacks the token Upgrade";
    }
    if (!isKey(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_KEY))) {
      return "the header Sec-WebSocket-Key is not the Base64 of " + KEY_BYTES + " bytes";
    }
    return null;
  }

  /** Returns the subprotocols that a request offers, the dearest first. */
  static List<String> subprotocols(HttpServerRequest request) {
    return tokens(request, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).toList();
  }

  /**
   * Accepts a request without {@link #problem}: answers 101 and makes a pipeline for frames. A
   * client that sends frames before it has that answer breaks RFC 6455 §4.1, and they are lost.
   *
   * @param subprotocol the one chosen of those offered, or null for none
   * @param handlers what stands behind the decoder of frames, in this order
   */
  static Future<NetSocketInternal> accept(
      HttpServerRequest request,
      @Nullable String subprotocol,
      int maxFrameBytes,
      ChannelHandler... handlers) {
    String key = request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    request
        .response()
        .putHeader(HttpHeaderNames.UPGRADE, "websocket")
        .putHeader(HttpHeaderNames.CONNECTION, "Upgrade")
        .putHeader(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, answer(key));
    if (subprotocol != null) {
      request.response().putHeader(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol);
    }
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxFrameBytes)
            .closeOnProtocolViolation(false) // the control handler does, and better
            .build();
    return request
        .toNetSocket()
        .map(NetSocketInternal.class::cast)
        .onSuccess(socket -> {
          ChannelPipeline pipeline = socket.channelHandlerContext().pipeline();
          pipeline.addBefore("handler", "frames", new WebSocket13FrameDecoder(config));
          for (ChannelHandler handler : handlers) {
            pipeline.addBefore("handler", handler.getClass().getSimpleName(), handler);
          }
        });
  }

  /**
   * Takes the socket of Vert.x out of a pipeline whose handlers need it no more. Its queue of what
   * is to be written has room for a thousand messages, and it keeps the request; together they are
   * more than half of what a silent connection takes.
   */
  static void leaveAlone(NetSocketInternal socket) {
    ChannelHandlerContext vertx = socket.channelHandlerContext();
    vertx.pipeline().remove(vertx.handler());
  }

  private static Stream<String> tokens(HttpServerRequest request, CharSequence header) {
    return request.headers().getAll(header).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .filter(token -> !token.isEmpty());
  }

  private static boolean isKey(@Nullable String key) {
    if (key == null) {
      return false;
    }
    try {
      return Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String answer(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key.strip() + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
