package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client of event streams that reads the wire, chunk by chunk, as WHATWG HTML §9.2 has it. */
final class RawEventStream implements AutoCloseable {

  private static final int LIMIT_MILLIS = 30_000;

  private final Socket socket;
  private final List<String> head;
  private final BufferedReader lines;
  private @Nullable String lastId;
  private long retryMillis;

  /**
   * A block.
   *
   * @param event its type, or null where it names none
   * @param data its lines joined, or null for a block without
   * @param id as it stood when the block ended
   */
  record Block(@Nullable String event, @Nullable String data, @Nullable String id) {}

  RawEventStream(int port, String path, String... headers) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(LIMIT_MILLIS);
      String request =
          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n".formatted(path, port)
              + "Accept: text/event-stream\r\n"
              + String.join("", headers)
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      head = head(in);
      lines = new BufferedReader(new InputStreamReader(new Chunks(in), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a stream and reads up to its first blank line. */
  static RawEventStream open(int port, String path, String... headers) {
    RawEventStream stream = new RawEventStream(port, path, headers);
    assertEquals("HTTP/1.1 200 OK", stream.head.getFirst());
    assertEquals(": ready", stream.line());
    String retry = stream.line();
    assertEquals("retry", retry.substring(0, retry.indexOf(':')));
    stream.retryMillis = Long.parseLong(retry.substring(retry.indexOf(':') + 2));
    assertEquals("", stream.line());
    return stream;
  }

  List<String> head() {
    return head;
  }

  /** Returns a header field of the answer, or null where there is none. */
  @Nullable String field(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    return head.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .findFirst()
        .orElse(null);
  }

  /** Returns the id that a browser would send when it came back. */
  @Nullable String lastId() {
    return lastId;
  }

  /** Returns how long a browser would wait before it came back, by the latest word of that. */
  long retryMillis() {
    return retryMillis;
  }

  /** Returns the data of the next event, passing over blocks that are none. */
  String data() {
    while (true) {
      Block block = block();
      if (block.data() != null) {
        return block.data();
      }
    }
  }

  /** Returns the next block, comments passed over. */
  Block block() {
    String event = null;
    StringBuilder data = null;
    while (true) {
      String line = line();
      if (line.isEmpty()) {
        return new Block(event, data == null ? null : data.toString(), lastId);
      }
      int colon = line.indexOf(": ");
      String value = colon < 0 ? "" : line.substring(colon + 2);
      switch (colon < 0 ? line : line.substring(0, colon)) {
        case "event" -> event = value;
        case "id" -> lastId = value;
        case "retry" -> retryMillis = Long.parseLong(value);
        case "data" ->
            data = data == null ? new StringBuilder(value) : data.append('\n').append(value);
        case ":" -> {}
        default -> throw new AssertionError("unknown line: " + line);
      }
    }
  }

  /** Returns the next line of the body. */
  String line() {
    try {
      String line = lines.readLine();
      if (line == null) {
        throw new AssertionError("the stream has ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the server ends the stream in order, with the last chunk. */
  void assertEnd() {
    try {
      assertNull(lines.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads on until the connection is gone, and no last chunk has come. */
  void assertBrokenOff() {
    assertThrows(
        IOException.class,
        () -> {
          while (lines.readLine() != null) {}
        });
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = asciiLine(in); !line.isEmpty(); line = asciiLine(in)) {
      lines.add(line);
    }
    return lines;
  }

  private static String asciiLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("ended within a line: " + line);
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /** The body without the framing of chunks (RFC 9112 §7.1). */
  private static final class Chunks extends InputStream {

    private final InputStream in;
    private int left;
    private boolean ended;

    Chunks(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      if (ended) {
        return -1;
      }
      if (left == 0) {
        left = Integer.parseInt(asciiLine(in), 16);
        if (left == 0) {
          ended = true;
          return -1;
        }
      }
      int read = in.read(into, at, Math.min(length, left));
      if (read < 0) {
        throw new IOException("ended within a chunk");
      }
      left -= read;
      if (left == 0 && !asciiLine(in).isEmpty()) {
        throw new IOException("a chunk is longer than it says");
      }
      return read;
    }
  }
}
