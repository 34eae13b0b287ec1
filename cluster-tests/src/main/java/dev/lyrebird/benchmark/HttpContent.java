package dev.lyrebird.benchmark;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The content of an HTTP answer on its way: dropped as it comes, and counted. Owned by the load's
 * thread.
 */
final class HttpContent {

  /** What stands where, between the bytes of the content (RFC 9112 §7.1). */
  private enum Line {
    /** The size of the next chunk, in hexadecimal digits. */
    SIZE,
    /** Nothing, behind a chunk. */
    END_OF_CHUNK,
    /** Nothing, behind the size of a chunk that has no bytes. */
    END
  }

  private final boolean isInChunks;

  /** Of the content, or of the chunk that has begun. */
  private long bytesLeft;

  private Line next = Line.SIZE;
  private boolean isComplete;
  private long bytes;

  private HttpContent(HttpHead head) {
    isInChunks = head.contentLength() == HttpHead.IN_CHUNKS;
    bytesLeft = isInChunks ? 0 : head.contentLength();
  }

  /**
   * Takes the head of an answer, or returns null if its end has not come.
   *
   * @throws IllegalStateException where the request was not carried out
   */
  static @Nullable HttpContent begun(ByteBuffer in) {
    HttpHead head = HttpHead.take(in);
    if (head == null) {
      return null;
    }
    if (head.status() >= 300) {
      throw new IllegalStateException("a request was answered " + head.status());
    }
    return new HttpContent(head);
  }

  /** Takes what has come of it; returns whether that is all. */
  boolean take(ByteBuffer in) {
    drop(in);
    while (isInChunks && bytesLeft == 0 && !isComplete && takeLine(in)) {
      drop(in);
    }
    return isInChunks ? isComplete : bytesLeft == 0;
  }

  /** Returns how much of the content has come. */
  long bytes() {
    return bytes;
  }

  private void drop(ByteBuffer in) {
    int dropped = (int) Math.min(bytesLeft, in.remaining());
    in.position(in.position() + dropped);
    bytesLeft -= dropped;
    bytes += dropped;
  }

  /** Takes a line, or leaves it until it has come whole. */
  private boolean takeLine(ByteBuffer in) {
    int end = in.position();
    while (end < in.limit() && in.get(end) != '\n') {
      end++;
    }
    if (end == in.limit()) {
      return false;
    }
    switch (next) {
      case SIZE -> {
        bytesLeft = size(in, end);
        next = bytesLeft == 0 ? Line.END : Line.END_OF_CHUNK;
      }
      case END_OF_CHUNK -> next = Line.SIZE;
      case END -> isComplete = true;
    }
    in.position(end + 1);
    return true;
  }

  private static long size(ByteBuffer in, int end) {
    long size = 0;
    for (int at = in.position(); at < end && in.get(at) != '\r'; at++) {
      size = size * 16 + Character.digit(in.get(at), 16);
    }
    return size;
  }
}
