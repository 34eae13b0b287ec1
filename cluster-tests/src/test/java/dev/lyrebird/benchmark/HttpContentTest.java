package dev.lyrebird.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class HttpContentTest {

  private static final String NEXT = "HTTP/1.1 200 OK\r\n";

  @Test
  void endsWhereItsLengthSays() {
    assertEquals(5, bytes("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"));
    assertEquals(0, bytes("HTTP/1.1 204 No Content\r\n\r\n"));
  }

  @Test
  void endsBehindItsLastChunk() {
    String head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    assertEquals(20, bytes(head + "4\r\nhell\r\n10\r\no, this is chunky\r\n0\r\n\r\n"));
    assertEquals(0, bytes(head + "0\r\n\r\n"));
  }

  @Test
  void isNoneOfARequestThatFailed() {
    ByteBuffer in = buffer("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    assertThrows(IllegalStateException.class, () -> HttpContent.begun(in));
  }

  /** Takes an answer that comes a byte at a time, and leaves what follows it. */
  private static long bytes(String answer) {
    ByteBuffer in = buffer(answer + NEXT);
    in.limit(0);
    HttpContent content = null;
    boolean isComplete = false;
    while (!isComplete) {
      in.limit(in.limit() + 1);
      content = content == null ? HttpContent.begun(in) : content;
      isComplete = content != null && content.take(in);
    }
    assertEquals(answer.length(), in.position());
    return Objects.requireNonNull(content).bytes();
  }

  private static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
