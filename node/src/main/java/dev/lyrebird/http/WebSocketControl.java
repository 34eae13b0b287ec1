package dev.lyrebird.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Control frames and the end of a WebSocket (RFC 6455 §5.5, §7): answers pings, pings a silent
 * peer, and closes. Data frames pass on to the next handler while the socket is open. It completes
 * what the decoder before it leaves undone: the decoder reports a violation, this handler tells the
 * peer, and checks of a close frame what the decoder does not.
 *
 * <pre>
 *   OPEN --- close() --------------> CLOSING --- the peer's close frame, or too late ---> CLOSED
 *    |  |                               ^
 *    |  +---- violation ----------------+ (what arrives is no longer understood)
 *    +------- the peer's close frame, answered in kind ---------------------------------> CLOSED
 * </pre>
 *
 * <p>Owned by the event loop of its channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the socket, which is told
final class WebSocketControl extends ChannelInboundHandlerAdapter {

  /**
   * Told to the handlers behind this one when the socket stops being open, whoever ended it.
   *
   * @param code of the first close frame (RFC 6455 §7.1.5)
   * @param reason that went with it
   */
  record Closing(int code, String reason) {}

  /** There was a close frame, without a code (RFC 6455 §7.4.1). */
  private static final int NO_CODE = 1005;

  /** There was no close frame (RFC 6455 §7.4.1). */
  private static final int LOST = 1006;

  /** How long a peer may take to answer our close frame. */
  private static final long CLOSE_MILLIS = 2_000;

  private static final int MAX_CLOSE_CODE = 4_999;

  private enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final long pingMillis;
  private State state = State.OPEN;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ScheduledFuture<?> pinging;

  /** Whether anything at all has arrived since the last ping. */
  private boolean heard = true;

  /** The latest ping that waits for room in the socket; RFC 6455 §5.5.3 lets us skip the others. */
  private @Nullable ByteBuf unanswered;

  /**
   * @param pingMillis how often the peer is pinged; one that stays silent from one ping to the next
   *     is given up
   */
  WebSocketControl(long pingMillis) {
    this.pingMillis = pingMillis;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  /** Begins the closing handshake. What arrives from now on is ignored. */
  void close(WebSocketCloseStatus status, String reason) {
    ChannelHandlerContext here = ctx;
    if (state != State.OPEN || here == null) {
      return;
    }
    state = State.CLOSING;
    here.writeAndFlush(ServerFrame.close(here.alloc(), status, reason));
    here.executor().schedule(() -> here.close(), CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    here.fireUserEventTriggered(new Closing(status.code(), reason));
  }

  /**
   * Gives the connection up after a violation (RFC 6455 §7.1.7). The stream ends behind our close
   * frame, but input is still read and dropped for a moment: closing over unread input would reset
   * the connection and take the close frame from the peer.
   */
  void fail(WebSocketCloseStatus status, String reason) {
    ChannelHandlerContext here = ctx;
    if (state != State.OPEN || here == null) {
      return;
    }
    close(status, reason);
    if (here.channel() instanceof DuplexChannel duplex
        && here.pipeline().get(SslHandler.class) == null) {
      here.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> duplex.shutdownOutput());
    } else {
      here.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    pinging =
        added
            .executor()
            .scheduleAtFixedRate(() -> ping(added), pingMillis, pingMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    ScheduledFuture<?> timer = pinging;
    if (timer != null) {
      timer.cancel(false);
    }
    remember(null);
  }

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    switch (message) {
      case CloseWebSocketFrame close -> {
        closedByPeer(here, close.content());
        close.release();
      }
      case WebSocketFrame late when state != State.OPEN -> late.release();
      case PingWebSocketFrame ping -> {
        answer(here, ping.content());
        ping.release();
      }
      case PongWebSocketFrame pong -> pong.release();
      default -> here.fireChannelRead(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext here) {
    heard = true;
    here.flush();
    here.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext here) {
    ByteBuf ping = unanswered;
    if (ping != null && here.channel().isWritable()) {
      here.writeAndFlush(ServerFrame.control(here.alloc(), ServerFrame.PONG, ping));
      remember(null);
    }
    here.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext here) {
    boolean wasOpen = state == State.OPEN;
    state = State.CLOSED;
    if (wasOpen) {
      here.fireUserEventTriggered(new Closing(LOST, ""));
    }
    here.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
    switch (cause) {
      case CorruptedWebSocketFrameException violation ->
          fail(
              violation.closeStatus(),
              Objects.requireNonNullElse(violation.getMessage(), "broken frame"));
      case IOException gone -> here.close();
      default -> here.fireExceptionCaught(cause);
    }
  }

  private void ping(ChannelHandlerContext here) {
    if (state != State.OPEN) {
      return;
    }
    if (!here.channel().isWritable()) {
      heard = true; // who still has our bytes to read cannot answer a ping
      return;
    }
    if (!here.channel().config().isAutoRead()) {
      heard = true; // nor is who is not read heard; but writing tells whether it is there
    }
    if (!heard) {
      here.close();
      return;
    }
    heard = false;
    here.writeAndFlush(ServerFrame.control(here.alloc(), ServerFrame.PING, Unpooled.EMPTY_BUFFER));
  }

  private void answer(ChannelHandlerContext here, ByteBuf ping) {
    if (here.channel().isWritable()) {
      here.write(ServerFrame.control(here.alloc(), ServerFrame.PONG, ping));
    } else {
      remember(ping.retain());
    }
  }

  private void remember(@Nullable ByteBuf ping) {
    ByteBuf earlier = unanswered;
    if (earlier != null) {
      earlier.release();
    }
    unanswered = ping;
  }

  private void closedByPeer(ChannelHandlerContext here, ByteBuf body) {
    if (state != State.OPEN) {
      here.close();
      return;
    }
    if (body.isReadable()) {
      WebSocketCloseStatus fault = fault(body);
      if (fault != null) {
        fail(fault, "faulty close frame");
        return;
      }
    }
    state = State.CLOSED;
    ByteBuf code = body.readSlice(Math.min(Short.BYTES, body.readableBytes()));
    Closing closing =
        new Closing(
            code.isReadable() ? code.getUnsignedShort(code.readerIndex()) : NO_CODE,
            body.toString(StandardCharsets.UTF_8));
    here.writeAndFlush(ServerFrame.control(here.alloc(), ServerFrame.CLOSE, code))
        .addListener(ChannelFutureListener.CLOSE);
    here.fireUserEventTriggered(closing);
  }

  /** The decoder lets codes above 4999 pass, and a reason that breaks off within a character. */
  private static @Nullable WebSocketCloseStatus fault(ByteBuf body) {
    if (body.getUnsignedShort(body.readerIndex()) > MAX_CLOSE_CODE) {
      return WebSocketCloseStatus.PROTOCOL_ERROR;
    }
    ByteBuffer reason =
        body.nioBuffer(body.readerIndex() + Short.BYTES, body.readableBytes() - Short.BYTES);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(reason);
      return null;
    } catch (CharacterCodingException e) {
      return WebSocketCloseStatus.INVALID_PAYLOAD_DATA;
    }
  }
}
