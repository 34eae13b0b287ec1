package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Content in gzip (RFC 1952), of any number of members. However little it was compressed to, it
 * comes in pieces of a few KiB, so that nobody need hold more than that.
 *
 * <pre>
 *   HEADER --> BODY --> TRAILER --> HEADER ...
 * </pre>
 *
 * <p>Java's own stream waits for its input, which an event loop may not, and Netty's decoder cannot
 * tell whether the content ends too early. Owned by the event loop of its connection.
 */
final class GzipContent implements ContentDecoding {

  private static final int PIECE_BYTES = 8192;

  private static final int TRAILER_BYTES = 8;

  private static final byte[] NOTHING = {};

  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private final byte[] piece = new byte[PIECE_BYTES];
  private State state = State.HEADER;
  private boolean hasMembers;
  private byte[] input = NOTHING;
  private int at;

  private enum State {
    HEADER,
    BODY,
    TRAILER
  }

  @Override
  public void feed(byte[] fed) {
    int left = input.length - at;
    byte[] whole = Arrays.copyOf(Arrays.copyOfRange(input, at, input.length), left + fed.length);
    System.arraycopy(fed, 0, whole, left, fed.length);
    input = whole;
    at = 0;
  }

  @Override
  public byte @Nullable [] next() {
    while (true) {
      switch (state) {
        case HEADER -> {
          GzipHeader header = GzipHeader.at(input, at);
          if (header.isCutOff()) {
            return null;
          }
          at = header.end();
          state = State.BODY;
        }
        case BODY -> {
          byte[] next = inflated();
          if (next != null || state == State.BODY) {
            return next;
          }
        }
        case TRAILER -> {
          if (input.length - at < TRAILER_BYTES) {
            return null;
          }
          checkTrailer();
          state = State.HEADER;
        }
      }
    }
  }

  private byte @Nullable [] inflated() {
    inflater.setInput(input, at, input.length - at);
    try {
      int length = inflater.inflate(piece);
      at = input.length - inflater.getRemaining();
      if (inflater.finished()) {
        state = State.TRAILER;
      }
      if (length == 0) {
        return null;
      }
      checksum.update(piece, 0, length);
      return Arrays.copyOf(piece, length);
    } catch (DataFormatException e) {
      throw refused("it is damaged");
    }
  }

  private void checkTrailer() {
    if (number(at) != (int) checksum.getValue()
        || number(at + 4) != (int) inflater.getBytesWritten()) {
      throw refused("its checksum or length is another");
    }
    at += TRAILER_BYTES;
    checksum.reset();
    inflater.reset();
    hasMembers = true;
  }

  private int number(int from) {
    return GzipHeader.twoBytes(input, from) | GzipHeader.twoBytes(input, from + 2) << 16;
  }

  @Override
  public void end() {
    boolean isWhole = hasMembers && state == State.HEADER && at == input.length;
    inflater.end();
    if (!isWhole) {
      throw refused("it ends too early");
    }
  }

  private static RefusedException refused(String why) {
    return new RefusedException(
        Refusal.of(Refusal.Reason.BAD_REQUEST, "the content is no gzip: " + why));
  }

  /**
   * The head of a member (RFC 1952 §2.3), which is passed over.
   *
   * @param end what lies behind it; -1 where it is not all there yet
   */
  private record GzipHeader(int end) {

    private static final int FIXED_BYTES = 10;
    private static final int HAS_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;

    static GzipHeader at(byte[] input, int from) {
      int magic = Math.min(3, input.length - from);
      if (!Arrays.equals(input, from, from + magic, MAGIC, 0, magic)) {
        throw refused("it does not begin like that");
      }
      if (input.length - from < FIXED_BYTES) {
        return new GzipHeader(-1);
      }
      int flags = input[from + 3];
      int end = from + FIXED_BYTES;
      if ((flags & HAS_EXTRA) != 0) {
        end = end + 2 > input.length ? -1 : end + 2 + twoBytes(input, end);
      }
      end = (flags & HAS_NAME) != 0 ? behindZero(input, end) : end;
      end = (flags & HAS_COMMENT) != 0 ? behindZero(input, end) : end;
      end = end >= 0 && (flags & HAS_CHECKSUM) != 0 ? end + 2 : end;
      return new GzipHeader(end > input.length ? -1 : end);
    }

    private static final byte[] MAGIC = {0x1f, (byte) 0x8b, 8};

    private static int behindZero(byte[] input, int from) {
      if (from < 0) {
        return -1;
      }
      for (int i = from; i < input.length; i++) {
        if (input[i] == 0) {
          return i + 1;
        }
      }
      return -1;
    }

    static int twoBytes(byte[] input, int from) {
      return (input[from] & 0xff) | (input[from + 1] & 0xff) << 8;
    }

    boolean isCutOff() {
      return end < 0;
    }
  }
}
