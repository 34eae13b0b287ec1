package dev.lyrebird.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Makes a stream of bytes of a WebSocket, for a {@link Subprotocol}: binary frames, whole or in
 * fragments, lose their framing on the way in, and each buffer written becomes one frame on the way
 * out ([MQTT-6.0.0-2]). A text frame ends the connection ([MQTT-6.0.0-1]). To close the channel is
 * to begin the closing handshake.
 *
 * <p>Owned by the event loop of its channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the socket, which is told
final class WebSocketBytes extends ChannelDuplexHandler {

  private final WebSocketControl control;

  /**
   * @param control the handler of control frames, earlier in the pipeline
   */
  WebSocketBytes(WebSocketControl control) {
    this.control = control;
  }

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    switch (message) {
      case TextWebSocketFrame text -> {
        text.release();
        control.fail(WebSocketCloseStatus.INVALID_MESSAGE_TYPE, "this protocol is binary");
      }
      case WebSocketFrame frame -> here.fireChannelRead(frame.content());
      default -> here.fireChannelRead(message);
    }
  }

  @Override
  public void write(ChannelHandlerContext here, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf bytes) || !control.isOpen()) {
      ReferenceCountUtil.release(message);
      promise.trySuccess();
    } else if (bytes.isReadable()) {
      ByteBuf header = here.alloc().ioBuffer(ServerFrame.MAX_HEADER_BYTES);
      ServerFrame.header(header, ServerFrame.BINARY, bytes.readableBytes());
      here.write(header, here.voidPromise());
      here.write(bytes, promise);
    } else {
      here.write(bytes, promise); // tells when what was written before it is out
    }
  }

  @Override
  public void close(ChannelHandlerContext here, ChannelPromise promise) {
    if (control.isOpen()) {
      here.channel().closeFuture().addListener(closed -> promise.trySuccess());
      control.close(WebSocketCloseStatus.NORMAL_CLOSURE, "");
    } else {
      here.close(promise);
    }
  }
}
