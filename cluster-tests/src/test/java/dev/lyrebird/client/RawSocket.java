package dev.lyrebird.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/** A plain TCP connection, for tests that look at single bytes. Owned by one thread. */
public final class RawSocket implements AutoCloseable {

  private static final int LIMIT_MILLIS = 30_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  public RawSocket(String host, int port) {
    this(host, port, 0);
  }

  /**
   * Connects.
   *
   * @param receiveBytes how much the system is to take in for a client that does not read; 0 for as
   *     much as it likes
   */
  public RawSocket(String host, int port, int receiveBytes) {
    try {
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
      in = socket.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot connect to " + host + ":" + port, e);
    }
  }

  public void send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void send(String text) {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends bytes written as hexadecimal digits, spaces between them as one likes. */
  public void sendHex(String hex) {
    send(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  public byte[] read(int count) {
    try {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException("closed after " + HexFormat.of().formatHex(bytes));
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String readHex(int count) {
    return HexFormat.ofDelimiter(" ").formatHex(read(count));
  }

  /** Everything up to and including {@code end}. */
  public String readThrough(String end) {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end, text.length() - end.length()) < 0) {
      text.append((char) (read(1)[0] & 0xff));
    }
    return text.toString();
  }

  /** What has come, at most so much; nothing if nothing comes for so long. */
  public byte[] readSome(int most, Duration patience) {
    byte[] bytes = new byte[most];
    try {
      socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
      int count = in.read(bytes);
      if (count < 0) {
        throw new EOFException("closed by the peer");
      }
      return Arrays.copyOf(bytes, count);
    } catch (SocketTimeoutException e) {
      return new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      restoreTimeout();
    }
  }

  /** What comes until the peer closes, which it must do. */
  public byte[] readToEnd() {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void restoreTimeout() {
    try {
      socket.setSoTimeout(LIMIT_MILLIS);
    } catch (SocketException e) {
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
