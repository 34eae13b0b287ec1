package dev.lyrebird.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what one turn of the event loop has for one socket, so that it costs one system call and
 * each event a copy of its bytes. It stands in the pipeline: handlers before it see what it writes.
 *
 * <p>Owned by the event loop of its channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the socket, which is told
final class ChannelOutlet extends ChannelInboundHandlerAdapter implements Outlet {

  /** At this size the bytes gathered move on to the channel, whose bound counts them. */
  private static final int GATHERED_BYTES = 32 * 1024;

  private static final int FIRST_BYTES = 512;

  private final int socketBytes;
  private Runnable drained = () -> {};
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ByteBuf gathered;

  /**
   * @param socketBytes how much may wait in the socket before it counts as full; it counts as
   *     drained at half of that
   */
  ChannelOutlet(int socketBytes) {
    this.socketBytes = socketBytes;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    added
        .channel()
        .config()
        .setWriteBufferWaterMark(new WriteBufferWaterMark(socketBytes / 2, socketBytes));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    discard();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext here) {
    here.fireChannelWritabilityChanged(); // whatever waits behind this handler is older
    if (isWritable()) {
      drained.run();
    }
  }

  @Override
  public boolean isWritable() {
    return context().channel().isWritable();
  }

  @Override
  public void onDrain(Runnable whom) {
    drained = whom;
  }

  @Override
  public void append(byte[] bytes) {
    ByteBuf buffer = gathered;
    if (buffer == null) {
      buffer = context().alloc().ioBuffer(Math.max(FIRST_BYTES, bytes.length));
      gathered = buffer;
    }
    buffer.writeBytes(bytes);
    if (buffer.readableBytes() >= GATHERED_BYTES) {
      write();
    }
  }

  @Override
  public void flush() {
    write();
    context().flush();
  }

  /** The stream is all that the channel is for. What waits in it is lost as well. */
  @Override
  public void cut() {
    discard();
    context().close();
  }

  @Override
  public void end() {
    ChannelHandlerContext here = context();
    if (!here.isRemoved()) {
      here.pipeline().remove(this);
    }
  }

  @Override
  public void discard() {
    ByteBuf buffer = gathered;
    gathered = null;
    if (buffer != null) {
      buffer.release();
    }
  }

  private void write() {
    ByteBuf buffer = gathered;
    gathered = null;
    if (buffer != null) {
      context().write(buffer, context().voidPromise());
    }
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(ctx);
  }
}
