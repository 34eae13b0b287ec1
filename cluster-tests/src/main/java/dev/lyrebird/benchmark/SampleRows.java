package dev.lyrebird.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * The rows that are imported and queried, numbered from 0: each of 200 bytes as JSON, with two
 * attributes to be indexed. Ids follow the numbers. Ten rows share a site; no two have one reading,
 * and no reading is left out. Rows of one site, and those of neighbouring readings, lie far from
 * one another by their ids. Immutable.
 */
final class SampleRows {

  /** The table of the rows, and one like it, on which a server can warm up. */
  static final String SCHEMA =
      """
      type Samples @table @export {
        id: ID @primaryKey
        site: String @indexed
        reading: Int @indexed
        note: String
      }

      type WarmUpSamples @table @export {
        id: ID @primaryKey
        site: String @indexed
        reading: Int @indexed
        note: String
      }
      """;

  /** Of a row's JSON. */
  static final int BYTES = 200;

  /** How many rows have one site. */
  static final int OF_SITE = 10;

  /** How many rows have readings in a range that is asked for. */
  static final int OF_RANGE = 1000;

  private static final int NOTE_BYTES = 138;

  /** Letters at random, so that a store that compresses gains little by it. */
  private static final String LETTERS =
      new Random(0)
          .ints(1 << 16, 'a', 'z' + 1)
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();

  private static final byte[] LETTER_BYTES = LETTERS.getBytes(StandardCharsets.US_ASCII);

  /** All readings have the same number of digits. */
  private static final int FIRST_READING = 1_000_000;

  /** Prime to any number of rows that there may be but for multiples of it. */
  private static final long READING_STEP = 7919;

  private static final byte[] LINE =
      line("r0000000", "s000000", FIRST_READING, "-".repeat(NOTE_BYTES));
  private static final int LAST_OF_ID = lastOf("r0000000");
  private static final int LAST_OF_SITE = lastOf("s000000");
  private static final int LAST_OF_READING = lastOf("" + FIRST_READING);
  private static final int NOTE_AT = lastOf("-") - NOTE_BYTES + 1;

  private final int count;

  SampleRows(int count) {
    this.count = count;
  }

  int count() {
    return count;
  }

  /** Returns how many different sites there are. */
  int sites() {
    return count / OF_SITE;
  }

  String id(int row) {
    return "r%07d".formatted(row);
  }

  String site(int number) {
    return "s%06d".formatted(number);
  }

  int siteOf(int row) {
    return row % sites();
  }

  /** Returns the reading that comes so many behind the first. */
  int reading(int number) {
    return FIRST_READING + number;
  }

  int readingOf(int row) {
    return reading((int) (row * READING_STEP % count));
  }

  String note(int row) {
    int at = noteAt(row);
    return LETTERS.substring(at, at + NOTE_BYTES);
  }

  private static int noteAt(int row) {
    return (int) (row * READING_STEP % (LETTERS.length() - NOTE_BYTES));
  }

  /** Returns a row as a line of JSON. */
  byte[] line(int row) {
    byte[] line = LINE.clone();
    putDigits(line, LAST_OF_ID, row);
    putDigits(line, LAST_OF_SITE, siteOf(row));
    putDigits(line, LAST_OF_READING, readingOf(row));
    System.arraycopy(LETTER_BYTES, noteAt(row), line, NOTE_AT, NOTE_BYTES);
    return line;
  }

  private static byte[] line(String id, String site, int reading, String note) {
    return "{\"id\":\"%s\",\"site\":\"%s\",\"reading\":%d,\"note\":\"%s\"}\n"
        .formatted(id, site, reading, note)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static int lastOf(String value) {
    return new String(LINE, StandardCharsets.US_ASCII).lastIndexOf(value) + value.length() - 1;
  }

  /** In place of digits, of which those that it does not reach must be zero. */
  private static void putDigits(byte[] line, int last, int number) {
    for (int at = last, left = number; left > 0; at--, left /= 10) {
      line[at] = (byte) ('0' + left % 10);
    }
  }
}
