package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends whatever requests it is given and holds each answer against the rules of HTTP
 * and of this node. Owned by one thread.
 */
public final class HostileCaller implements AutoCloseable {

  private static final int LIMIT_MILLIS = 20_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final int port;
  private @Nullable Socket socket;
  private InputStream in = InputStream.nullInputStream();

  /**
   * What came back.
   *
   * @param status 0 where the connection ended without an answer
   */
  private record Head(int status, Map<String, String> fields) {

    static final Head NONE = new Head(0, Map.of());

    String field(String name) {
      return fields.getOrDefault(name, "");
    }
  }

  public HostileCaller(int port) {
    this.port = port;
  }

  /**
   * Sends a request and judges the answer.
   *
   * @return its status; 0 where the connection was ended without one
   * @throws AssertionError where the answer breaks a rule, or there is none in time
   */
  public int call(RequestGrammar.Request request) {
    try {
      Socket open = open();
      try {
        open.getOutputStream().write(request.bytes());
      } catch (IOException e) {
        // the answer may be there all the same
      }
      return answer(request);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no answer, or not all of it, to\n" + request, e);
    } catch (IOException e) {
      close();
      return 0;
    }
  }

  private Socket open() throws IOException {
    Socket open = socket;
    if (open == null) {
      open = new Socket(InetAddress.getLoopbackAddress(), port);
      open.setSoTimeout(LIMIT_MILLIS);
      in = new BufferedInputStream(open.getInputStream());
      socket = open;
    }
    return open;
  }

  private int answer(RequestGrammar.Request request) throws IOException {
    Head head = head();
    while (head.status() == 100) {
      head = head();
    }
    boolean isStream =
        head.status() == 101 || head.field("content-type").startsWith("text/event-stream");
    byte[] content = isStream ? new byte[0] : content(request.method(), head);
    if (head.status() >= 400 && !request.method().equals("HEAD")) {
      judge(request, head, content);
    }
    boolean isInDoubt = head.status() == 400 || head.status() >= 411;
    if (isStream || isInDoubt || head.status() == 0 || head.field("connection").equals("close")) {
      close();
    }
    return head.status();
  }

  private static void judge(RequestGrammar.Request request, Head head, byte[] content) {
    String answer = head + "\n" + new String(content, ISO_8859_1);
    if (head.status() == 500) {
      throw new AssertionError("the node failed at\n" + request + "\nwith " + answer);
    }
    if (!head.field("content-type").equals("application/problem+json")) {
      throw new AssertionError("no problem, but " + answer + "\nto\n" + request);
    }
    try {
      JsonNode problem = JSON.readTree(content);
      if (problem.path("status").asInt() != head.status()
          || problem.path("title").asText().isEmpty()) {
        throw new AssertionError("a problem that does not say which: " + answer);
      }
    } catch (IOException e) {
      throw new AssertionError("a problem that is no JSON: " + answer + "\nto\n" + request, e);
    }
  }

  private Head head() throws IOException {
    String status = line();
    if (status.isEmpty()) {
      return Head.NONE;
    }
    Map<String, String> fields = new HashMap<>();
    for (String field = line(); !field.isEmpty(); field = line()) {
      int colon = field.indexOf(':');
      if (colon < 0) {
        throw new AssertionError("no field: " + field);
      }
      fields.put(
          field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip());
    }
    if (!status.matches("HTTP/\\d\\.\\d \\d{3} .+")) {
      throw new AssertionError("no status line: " + status);
    }
    return new Head(Integer.parseInt(status.substring(9, 12)), fields);
  }

  private byte[] content(String method, Head head) throws IOException {
    boolean isEmpty =
        method.equals("HEAD")
            || head.status() == 204
            || head.status() == 304
            || head.status() < 200;
    if (isEmpty) {
      return new byte[0];
    }
    if (head.field("transfer-encoding").equals("chunked")) {
      return chunks();
    }
    String length = head.field("content-length");
    if (length.isEmpty()) {
      throw new AssertionError("nobody knows where this answer ends: " + head);
    }
    return in.readNBytes(Integer.parseInt(length));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int length = -1; length != 0; ) {
      length = Integer.parseInt(line(), 16);
      content.writeBytes(in.readNBytes(length));
      if (!line().isEmpty()) {
        throw new AssertionError("a chunk is longer than it says");
      }
    }
    return content.toByteArray();
  }

  /** Reads a line without its end; empty where the connection has ended. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  /** Ends the connection; the next request opens another. */
  @Override
  public void close() {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // it is of no use in any case
      }
      socket = null;
    }
  }
}
