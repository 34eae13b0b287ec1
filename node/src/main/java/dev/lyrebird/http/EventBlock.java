package dev.lyrebird.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the blocks of an event stream (WHATWG HTML §9.2.5). Blocks are made once and sent to any
 * number of clients.
 */
final class EventBlock {

  /** A block that says nothing. */
  static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  /** Says nothing of when to come back. */
  static final long NO_RETRY = -1;

  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);

  private EventBlock() {}

  /**
   * Returns the block of an event.
   *
   * @param event its type, or null for the one that a browser hands to {@code onmessage}
   * @param id what the client shows when it comes back, or null to leave that as it is
   * @param data in UTF-8; each of its lines becomes a line of its own
   */
  static byte[] of(@Nullable String event, @Nullable String id, byte[] data) {
    return of(event, id, NO_RETRY, data);
  }

  /**
   * Returns the block of an event that also tells a client how long to wait before it comes back.
   *
   * @param retryMillis {@link #NO_RETRY} to leave that as it is
   */
  static byte[] of(@Nullable String event, @Nullable String id, long retryMillis, byte[] data) {
    ByteArrayOutputStream block = new ByteArrayOutputStream(data.length + 64);
    if (retryMillis != NO_RETRY) {
      field(block, "retry: ", Long.toString(retryMillis));
    }
    if (event != null) {
      field(block, "event: ", event);
    }
    if (id != null) {
      field(block, "id: ", id);
    }
    int from = 0;
    for (int i = 0; i <= data.length; i++) {
      if (i == data.length || data[i] == '\n' || data[i] == '\r') {
        block.writeBytes(DATA);
        block.write(data, from, i - from);
        block.write('\n');
        if (i + 1 < data.length && data[i] == '\r' && data[i + 1] == '\n') {
          i++;
        }
        from = i + 1;
      }
    }
    block.write('\n');
    return block.toByteArray();
  }

  /** Returns a block that moves the client's place and is no event to it. */
  static byte[] place(String id) {
    return ("id: " + id + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Returns what opens a stream. */
  static byte[] opening(long retryMillis) {
    return (": ready\nretry: " + retryMillis + "\n\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static void field(ByteArrayOutputStream block, String name, String value) {
    block.writeBytes((name + value + '\n').getBytes(StandardCharsets.UTF_8));
  }
}
