package dev.lyrebird.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.nio.charset.StandardCharsets;

/**
 * Frames as a server sends them (RFC 6455 §5.2): final, unmasked, without extensions. A frame made
 * once may be sent to any number of clients.
 */
final class ServerFrame {

  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  /** The longest header of a frame that is not masked. */
  static final int MAX_HEADER_BYTES = 10;

  /** The longest body of a control frame (RFC 6455 §5.5). */
  private static final int MAX_CONTROL_BYTES = 125;

  private static final int FIN = 0x80;
  private static final int LENGTH_IN_TWO_BYTES = 126;
  private static final int LENGTH_IN_EIGHT_BYTES = 127;

  private ServerFrame() {}

  /** Returns a whole frame. */
  static byte[] of(int opcode, byte[] body) {
    int header = headerBytes(body.length);
    byte[] frame = new byte[header + body.length];
    frame[0] = (byte) (FIN | opcode);
    if (header == 2) {
      frame[1] = (byte) body.length;
    } else {
      frame[1] = (byte) (header == 4 ? LENGTH_IN_TWO_BYTES : LENGTH_IN_EIGHT_BYTES);
      for (int i = header - 1, length = body.length; i > 1; i--, length >>>= 8) {
        frame[i] = (byte) length;
      }
    }
    System.arraycopy(body, 0, frame, header, body.length);
    return frame;
  }

  /** Writes the header of a frame whose body follows. */
  static void header(ByteBuf out, int opcode, int length) {
    out.writeByte(FIN | opcode);
    switch (headerBytes(length)) {
      case 2 -> out.writeByte(length);
      case 4 -> out.writeByte(LENGTH_IN_TWO_BYTES).writeShort(length);
      default -> out.writeByte(LENGTH_IN_EIGHT_BYTES).writeLong(length);
    }
  }

  /** Returns a ping or pong. */
  static ByteBuf control(ByteBufAllocator allocator, int opcode, ByteBuf body) {
    ByteBuf frame = allocator.ioBuffer(2 + body.readableBytes());
    header(frame, opcode, body.readableBytes());
    return frame.writeBytes(body, body.readerIndex(), body.readableBytes());
  }

  /**
   * Returns a close frame.
   *
   * @param reason for people; cut short where it does not fit
   */
  static ByteBuf close(ByteBufAllocator allocator, WebSocketCloseStatus status, String reason) {
    String fitting = fitting(reason);
    ByteBuf frame = allocator.ioBuffer(2 + MAX_CONTROL_BYTES);
    header(frame, CLOSE, Short.BYTES + ByteBufUtil.utf8Bytes(fitting));
    frame.writeShort(status.code()).writeCharSequence(fitting, StandardCharsets.UTF_8);
    return frame;
  }

  private static String fitting(String reason) {
    int most =
        Math.min(reason.length(), MAX_CONTROL_BYTES - Short.BYTES); // none is less than a byte
    boolean splitsPair = most < reason.length() && Character.isLowSurrogate(reason.charAt(most));
    String fitting = reason.substring(0, splitsPair ? most - 1 : most);
    while (ByteBufUtil.utf8Bytes(fitting) > MAX_CONTROL_BYTES - Short.BYTES) {
      fitting = fitting.substring(0, fitting.offsetByCodePoints(fitting.length(), -1));
    }
    return fitting;
  }

  private static int headerBytes(int length) {
    return length < LENGTH_IN_TWO_BYTES ? 2 : length <= 0xFFFF ? 4 : MAX_HEADER_BYTES;
  }
}
