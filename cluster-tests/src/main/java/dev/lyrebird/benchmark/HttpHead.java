package dev.lyrebird.benchmark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP answer, as far as the load needs it.
 *
 * @param contentLength {@link #IN_CHUNKS} where the content says itself where it ends
 */
record HttpHead(int status, long contentLength) {

  static final long IN_CHUNKS = -1;

  private static final String LENGTH = "\r\ncontent-length:";
  private static final String CHUNKED = "\r\ntransfer-encoding: chunked\r\n";

  /** Takes the head at the buffer's position, or returns null if its end has not come. */
  static @Nullable HttpHead take(ByteBuffer in) {
    for (int at = in.position() + 3; at < in.limit(); at++) {
      if (in.get(at) == '\n'
          && in.get(at - 1) == '\r'
          && in.get(at - 2) == '\n'
          && in.get(at - 3) == '\r') {
        byte[] head = new byte[at + 1 - in.position()];
        in.get(head);
        return parse(new String(head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
      }
    }
    return null;
  }

  private static HttpHead parse(String head) {
    int status = Integer.parseInt(head.substring(9, 12));
    int length = head.indexOf(LENGTH);
    if (length < 0) {
      return new HttpHead(status, head.contains(CHUNKED) ? IN_CHUNKS : 0);
    }
    int from = length + LENGTH.length();
    return new HttpHead(
        status, Long.parseLong(head.substring(from, head.indexOf('\r', from)).strip()));
  }
}
