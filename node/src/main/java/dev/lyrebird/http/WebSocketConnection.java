package dev.lyrebird.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket as its listener sees it: whole messages in, whole messages out. {@link
 * WebSocketControl}, before it in the pipeline, has taken out control frames.
 *
 * <p>Owned by the event loop of its channel: it alone may call.
 */
public final class WebSocketConnection extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

  private final WebSocketControl control;
  private final Outlet outlet;
  private final WebSocketAcceptor acceptor;
  private final int maxMessageBytes;
  private final FrameRate rate;

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable WebSocketListener listener;

  /** The fragments of a message of which the last is still to come. */
  private @Nullable ByteBuf fragments;

  private boolean isText;

  /**
   * @param control the handler of control frames, earlier in the pipeline
   * @param outlet where frames go, earlier in the pipeline too
   */
  WebSocketConnection(
      WebSocketControl control,
      ChannelOutlet outlet,
      WebSocketAcceptor acceptor,
      int maxMessageBytes,
      FrameRate rate) {
    this.control = control;
    this.outlet = outlet;
    this.acceptor = acceptor;
    this.maxMessageBytes = maxMessageBytes;
    this.rate = rate;
  }

  /** Tells whether there is room in the socket; {@link WebSocketListener#drained} tells when. */
  public boolean isWritable() {
    return outlet.isWritable();
  }

  /** Sends a text message with the next flush. Does nothing once the socket is closing. */
  public void text(byte[] utf8) {
    frame(ServerFrame.of(ServerFrame.TEXT, utf8));
  }

  /** Sends a binary message with the next flush. Does nothing once the socket is closing. */
  public void binary(byte[] bytes) {
    frame(ServerFrame.of(ServerFrame.BINARY, bytes));
  }

  /** Sends a frame made ready by {@link ServerFrame} with the next flush. */
  void frame(byte[] ready) {
    if (control.isOpen()) {
      outlet.append(ready);
    }
  }

  /** Sends what there is; what is sent while a message is taken goes out by itself. */
  public void flush() {
    if (control.isOpen()) {
      outlet.flush();
    }
  }

  /** Begins the closing handshake, behind everything sent before. */
  public void close(WebSocketCloseStatus status, String reason) {
    flush();
    control.close(status, reason);
  }

  /** Stops reading the socket, or goes on: how a client is slowed down that sends too much. */
  public void read(boolean on) {
    context().channel().config().setAutoRead(on);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    outlet.onDrain(this::drained);
    listener = acceptor.open(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    setFragments(null);
  }

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    if (!(message instanceof WebSocketFrame frame)) {
      here.fireChannelRead(message); // the end of the request that opened this socket
      return;
    }
    try {
      take(frame);
    } finally {
      frame.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext here) {
    flush();
    here.fireChannelReadComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext here, Object event) {
    if (event instanceof WebSocketControl.Closing(var code, var reason)) {
      outlet.discard();
      listener().closed(code, reason);
    } else {
      here.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
    LOG.error("A WebSocket is closed after a fault", cause);
    control.close(WebSocketCloseStatus.INTERNAL_SERVER_ERROR, "fault; see the node's log");
  }

  private void drained() {
    if (control.isOpen()) {
      listener().drained();
    }
  }

  private void take(WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame) {
      isText = true;
    } else if (frame instanceof BinaryWebSocketFrame) {
      isText = false;
    }
    ByteBuf content = frame.content();
    ByteBuf before = fragments;
    if (before == null && frame.isFinalFragment()) {
      deliver(content);
      return;
    }
    ByteBuf message = before == null ? context().alloc().heapBuffer() : before;
    fragments = message;
    if (message.readableBytes() + content.readableBytes() > maxMessageBytes) {
      setFragments(null);
      control.fail(
          WebSocketCloseStatus.MESSAGE_TOO_BIG,
          "a message has at most " + maxMessageBytes + " bytes");
      return;
    }
    message.writeBytes(content);
    if (frame.isFinalFragment()) {
      deliver(message);
      setFragments(null);
    }
  }

  private void deliver(ByteBuf message) {
    if (!rate.allowsOneMore()) {
      control.fail(WebSocketCloseStatus.POLICY_VIOLATION, "too many messages in a second");
      return;
    }
    byte[] bytes = ByteBufUtil.getBytes(message);
    if (isText) {
      listener().text(bytes);
    } else {
      listener().binary(bytes);
    }
  }

  private void setFragments(@Nullable ByteBuf message) {
    ByteBuf before = fragments;
    fragments = message;
    if (before != null) {
      before.release();
    }
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(ctx);
  }

  private WebSocketListener listener() {
    return Objects.requireNonNull(listener);
  }
}
