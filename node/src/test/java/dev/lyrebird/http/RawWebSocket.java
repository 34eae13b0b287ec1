package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A WebSocket client that sends any bytes, right or wrong, and shows those that come back. */
public final class RawWebSocket implements AutoCloseable {

  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xA;
  public static final int FIN = 0x80;

  /** The key of RFC 6455 §1.3. */
  public static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  private static final int LIMIT_MILLIS = 30_000;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** A frame as it came; the first byte holds FIN, reserved bits and opcode. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Frame(int first, byte[] body) {

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** Returns the code of a close frame; 1005 where it has none (RFC 6455 §7.1.5). */
    public int code() {
      return body.length == 0 ? 1005 : ByteBuffer.wrap(body).getShort() & 0xffff;
    }
  }

  private RawWebSocket(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Opens a socket on a path. */
  public static RawWebSocket open(int port, String path) {
    RawWebSocket client = connect(port);
    client.request(path, KEY);
    String head = client.head();
    assertEquals("HTTP/1.1 101 Switching Protocols", head.lines().findFirst().orElse(""), head);
    return client;
  }

  /** Connects, and asks for nothing yet. */
  public static RawWebSocket connect(int port) {
    try {
      return new RawWebSocket(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks for a WebSocket, with more headers, each ended by a line end. */
  public void request(String path, String headers) {
    String head =
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                .formatted(path, socket.getPort())
            + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + headers
            + "\r\n";
    send(head.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Reads the head of the answer. */
  public String head() {
    StringBuilder head = new StringBuilder();
    try {
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("after " + head, e);
    }
    return head.toString();
  }

  /** Sends bytes as they are, in one piece. */
  public void send(byte[]... pieces) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      bytes.writeBytes(piece);
    }
    try {
      out.write(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void text(String text) {
    send(frame(FIN | TEXT, text));
  }

  public static byte[] frame(int first, String body) {
    return frame(first, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a masked frame. */
  public static byte[] frame(int first, byte[] body) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(header(first, body.length));
    for (int i = 0; i < body.length; i++) {
      frame.write(body[i] ^ MASK[i % 4]);
    }
    return frame.toByteArray();
  }

  /** Returns the header of a masked frame, mask included. */
  public static byte[] header(int first, long length) {
    ByteBuffer header = ByteBuffer.allocate(14).put((byte) first);
    if (length < 126) {
      header.put((byte) (0x80 | length));
    } else if (length < 65_536) {
      header.put((byte) (0x80 | 126)).putShort((short) length);
    } else {
      header.put((byte) (0x80 | 127)).putLong(length);
    }
    header.put(MASK);
    return Arrays.copyOf(header.array(), header.position());
  }

  /** Returns a close frame. */
  public static byte[] close(int code, byte... reason) {
    return frame(
        FIN | CLOSE,
        ByteBuffer.allocate(2 + reason.length).putShort((short) code).put(reason).array());
  }

  /** Reads the next frame of the server, which must not be masked. */
  public Frame read() {
    try {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      assertEquals(0, second & 0x80, "a server does not mask");
      long length = second == 126 ? in.readUnsignedShort() : second == 127 ? in.readLong() : second;
      byte[] body = new byte[(int) length];
      in.readFully(body);
      return new Frame(first, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the next frame, which must be whole and text. */
  public String readText() {
    Frame frame = read();
    assertEquals(FIN | TEXT, frame.first(), frame::text);
    return frame.text();
  }

  /** Reads the next frame, which must be a close frame and the last bytes of all. */
  public int readClose() {
    Frame frame = read();
    assertEquals(FIN | CLOSE, frame.first(), frame::text);
    assertEnd();
    return frame.code();
  }

  /** The server has ended its side in order, not torn the connection down. */
  public void assertEnd() {
    try {
      assertEquals(-1, in.read(), "nothing comes after the close frame");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
