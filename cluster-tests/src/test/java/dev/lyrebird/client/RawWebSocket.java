package dev.lyrebird.client;

import dev.lyrebird.harness.Addresses;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket on a plain socket, for frames that no library would send. Masks with zeros, so that
 * bytes stand on the wire as a test writes them. Owned by one thread.
 */
public final class RawWebSocket implements AutoCloseable {

  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xa;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final byte[] ZERO_MASK = new byte[4];

  private final RawSocket socket;

  private RawWebSocket(RawSocket socket) {
    this.socket = socket;
  }

  /** A frame of the server. */
  public record Frame(boolean fin, int opcode, String text) {}

  /** Opens {@code path}; fails unless the server switches protocols. */
  public static RawWebSocket open(Addresses node, String path) {
    RawSocket socket = new RawSocket(node.host(), node.http());
    socket.send(handshake(path, "Sec-WebSocket-Version: 13"));
    String head = socket.readThrough("\r\n\r\n");
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new AssertionError("no upgrade: " + head);
    }
    return new RawWebSocket(socket);
  }

  /** The request that opens a WebSocket, with these header lines besides. */
  public static String handshake(String path, String... headers) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + String.join("\r\n", headers)
        + "\r\n\r\n";
  }

  /** Sends a whole, masked frame. */
  public void send(int opcode, byte[] payload) {
    socket.send(frame(FIN | opcode, MASKED, payload));
  }

  public void send(int opcode, String payload) {
    send(opcode, payload.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a masked frame that more fragments follow. */
  public void sendFragment(int opcode, byte[] payload) {
    socket.send(frame(opcode, MASKED, payload));
  }

  /** Sends a frame with any first byte, masked or not. */
  public void sendBroken(int firstByte, boolean masked, byte[] payload) {
    socket.send(frame(firstByte, masked ? MASKED : 0, payload));
  }

  public Frame read() {
    byte[] head = socket.read(2);
    int length = head[1] & 0x7f;
    if (length == 126) {
      length = ByteBuffer.wrap(socket.read(2)).getShort() & 0xffff;
    } else if (length == 127) {
      length = Math.toIntExact(ByteBuffer.wrap(socket.read(8)).getLong());
    }
    String text = new String(socket.read(length), StandardCharsets.ISO_8859_1);
    return new Frame((head[0] & FIN) != 0, head[0] & 0x0f, text);
  }

  /** The code of the close frame that must be the next frame, after which the server closes. */
  public int readCloseCode() {
    Frame frame = read();
    if (frame.opcode() != CLOSE || frame.text().length() < 2) {
      throw new AssertionError("no close frame but " + frame);
    }
    byte[] rest = socket.readToEnd();
    if (rest.length > 0) {
      throw new AssertionError(rest.length + " bytes came after the close frame");
    }
    return frame.text().charAt(0) << 8 | frame.text().charAt(1);
  }

  @Override
  public void close() {
    socket.close();
  }

  private static byte[] frame(int firstByte, int mask, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(firstByte);
    if (payload.length < 126) {
      frame.write(mask | payload.length);
    } else if (payload.length < 1 << 16) {
      frame.write(mask | 126);
      frame.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
    } else {
      frame.write(mask | 127);
      frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    if (mask != 0) {
      frame.writeBytes(ZERO_MASK);
    }
    frame.writeBytes(payload);
    return frame.toByteArray();
  }
}
