package dev.lyrebird.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands before Netty's decoder and passes on whole packets only, which are no larger than allowed
 * and keep {@link PacketRules}. At the first that does not, it passes on a {@link PacketFault} and
 * drops the rest of the stream.
 *
 * <p>All whole packets of one read go on in one piece. Owned by the connection's event loop.
 */
final class PacketGuard extends ByteToMessageDecoder {

  private static final int MAX_LENGTH_BYTES = 4;

  private final int maxPacketBytes;
  private final PacketRules rules = new PacketRules();
  private boolean refused;

  PacketGuard(int maxPacketBytes) {
    this.maxPacketBytes = maxPacketBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int begin = in.readerIndex();
    int at = begin;
    PacketFault fault = null;
    while (fault == null && in.writerIndex() - at >= 2) {
      int lengthBytes = lengthBytes(in, at + 1);
      if (lengthBytes == 0) {
        break;
      }
      int body = at + 1 + lengthBytes;
      int end = body + remainingLength(in, at + 1, lengthBytes);
      fault = faultOfHeader(in, at, body, end);
      if (fault != null || end > in.writerIndex()) {
        break;
      }
      fault = rules.check(in, at, body, end);
      at = fault == null ? end : at;
    }
    if (at > begin) {
      out.add(in.readRetainedSlice(at - begin));
    }
    if (fault != null) {
      refused = true;
      in.skipBytes(in.readableBytes());
      out.add(fault);
    }
  }

  /** Returns how many bytes tell the length, or 0 where they have not all arrived. */
  private static int lengthBytes(ByteBuf in, int at) {
    for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
      if (at + i == in.writerIndex()) {
        return 0;
      }
      if (in.getByte(at + i) >= 0) {
        return i + 1;
      }
    }
    return MAX_LENGTH_BYTES;
  }

  private static int remainingLength(ByteBuf in, int at, int lengthBytes) {
    int length = 0;
    for (int i = 0; i < lengthBytes; i++) {
      length |= (in.getByte(at + i) & 0x7f) << (7 * i);
    }
    return length;
  }

  /** Judges what can be judged before the whole packet has arrived. */
  private @Nullable PacketFault faultOfHeader(ByteBuf in, int at, int body, int end) {
    PacketFault fault = rules.checkFirstByte(in.getUnsignedByte(at));
    if (fault != null) {
      return fault;
    }
    if (in.getByte(body - 1) < 0) {
      return rules.fault(
          ReasonCode.MALFORMED_PACKET, "a remaining length has more than four bytes");
    }
    if (end - at > maxPacketBytes) {
      return rules.fault(
          ReasonCode.PACKET_TOO_LARGE,
          "the packet has %d bytes; at most %d are taken".formatted(end - at, maxPacketBytes));
    }
    return null;
  }
}
