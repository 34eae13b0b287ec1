package dev.lyrebird.format;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Cuts content that comes in pieces into records, one to a line. Where quotes count, a line goes on
 * behind a line break between two of them. Blank lines, and a byte order mark, are passed over; of
 * a record that is too long nothing is kept.
 *
 * <p>Owned by whoever made it.
 */
final class Records implements RowStream {

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final boolean quotesCount;
  private final int mostBytes;
  private final Taker taker;
  private final Sink faults;
  private final ByteArrayOutputStream record = new ByteArrayOutputStream();
  private boolean isQuoted;
  private boolean isTooLong;
  private int line = 1;
  private int firstLine = 1;

  /** Takes records. */
  @FunctionalInterface
  interface Taker {
    void record(int line, byte[] record);
  }

  /**
   * @param mostBytes of one record
   * @param faults is told of records that are too long
   */
  Records(boolean quotesCount, int mostBytes, Taker taker, Sink faults) {
    this.quotesCount = quotesCount;
    this.mostBytes = mostBytes;
    this.taker = taker;
    this.faults = faults;
  }

  @Override
  public void take(byte[] piece) {
    int from = 0;
    for (int i = 0; i < piece.length; i++) {
      byte next = piece[i];
      if (next == '"' && quotesCount) {
        isQuoted = !isQuoted; // a quote within quotes is doubled: the second opens them again
      } else if (next == '\n') {
        line++;
        if (!isQuoted) {
          keep(piece, from, i);
          close();
          from = i + 1;
        }
      }
    }
    keep(piece, from, piece.length);
  }

  /** The last line need not be closed. */
  @Override
  public void end() {
    close();
  }

  private void keep(byte[] piece, int from, int to) {
    isTooLong |= record.size() + to - from > mostBytes;
    if (isTooLong) {
      record.reset();
    } else {
      record.write(piece, from, to - from);
    }
  }

  private void close() {
    if (isTooLong) {
      faults.fault(firstLine, "has more than " + mostBytes + " bytes");
    } else {
      byte[] whole = withoutFrills(record.toByteArray());
      if (whole.length > 0) {
        taker.record(firstLine, whole);
      }
    }
    record.reset();
    isTooLong = false;
    firstLine = line;
  }

  private byte[] withoutFrills(byte[] bytes) {
    int mark = BYTE_ORDER_MARK.length;
    boolean isMarked =
        firstLine == 1
            && bytes.length >= mark
            && Arrays.equals(bytes, 0, mark, BYTE_ORDER_MARK, 0, mark);
    int from = isMarked ? mark : 0;
    int to =
        bytes.length > from && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
    return Arrays.copyOfRange(bytes, from, to);
  }
}
