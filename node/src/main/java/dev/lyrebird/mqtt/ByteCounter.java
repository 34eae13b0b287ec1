package dev.lyrebird.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Counts the bytes of MQTT that pass by, in both directions. Any number of connections share it.
 */
@Sharable
final class ByteCounter extends ChannelDuplexHandler {

  private final MqttCounters counters;

  ByteCounter(MqttCounters counters) {
    this.counters = counters;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      counters.add(Count.BYTES_RECEIVED, bytes.readableBytes());
    }
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof ByteBuf bytes) {
      counters.add(Count.BYTES_SENT, bytes.readableBytes());
    }
    super.write(context, message, promise);
  }
}
