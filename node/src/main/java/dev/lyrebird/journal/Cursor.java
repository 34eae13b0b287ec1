package dev.lyrebird.journal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscriber has come: for each table it reads, a version vector. It means the same on
 * every node, so a client may go on anywhere.
 *
 * <p>As text it is URL-safe Base64 of: per table 4 bytes of {@link #tableKey}, the number of
 * origins (a varint), and 15 bytes an origin (8 of node id, 7 of time); 3 bytes of check sum, which
 * begins with the number of the format: {@link #FORMAT}, or the next for one that is astray.
 * Clients must not look into it. The check sum finds damage and chance strings; it is no signature,
 * for a cursor grants nothing but a place to start reading.
 *
 * @param vectors table key to what was seen of that table
 * @param isAstray whether the subscriber may know rows as no node does, because it had moved and
 *     its node had not caught up yet: whoever goes on from here is to tell the rows again
 */
public record Cursor(SortedMap<Integer, VersionVector> vectors, boolean isAstray) {

  private static final int FORMAT = 1;
  private static final int TABLE_KEY_BYTES = 4;
  private static final int TIME_BYTES = 7;
  private static final int CHECK_SUM_BYTES = 3;

  public Cursor {
    vectors = Collections.unmodifiableSortedMap(new TreeMap<>(vectors));
  }

  /** A cursor whose subscriber knows the rows as they were. */
  public Cursor(SortedMap<Integer, VersionVector> vectors) {
    this(vectors, false);
  }

  /** Returns the cursor of a subscriber of one table. */
  public static Cursor of(int tableKey, VersionVector vector) {
    TreeMap<Integer, VersionVector> vectors = new TreeMap<>();
    vectors.put(tableKey, vector);
    return new Cursor(vectors);
  }

  /** Returns the short name by which cursors know a table: equal on all nodes. */
  public static int tableKey(String database, String table) {
    CRC32 crc = new CRC32();
    crc.update((database + '/' + table).getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  /** Returns what was seen of a table, or null where this cursor is not of that table. */
  public @Nullable VersionVector vector(int tableKey) {
    return vectors.get(tableKey);
  }

  /** Returns the text that a client keeps. */
  public String encode() {
    ByteWriter out = new ByteWriter(32);
    vectors.forEach((tableKey, vector) -> {
      number(out, tableKey, TABLE_KEY_BYTES);
      out.varint(vector.size());
      for (int i = 0; i < vector.size(); i++) {
        out.fixed64(vector.origin(i));
        number(out, vector.time(i), TIME_BYTES);
      }
    });
    number(out, checkSum(out.toByteArray()), CHECK_SUM_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
  }

  /**
   * Reads the text of a cursor.
   *
   * @throws RefusedException with {@link Refusal.Reason#BAD_REQUEST} where the text is no cursor
   */
  public static Cursor decode(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      SortedMap<Integer, VersionVector> vectors =
          vectors(ByteBuffer.wrap(bytes, 0, bytes.length - CHECK_SUM_BYTES));
      for (Cursor cursor : List.of(new Cursor(vectors, false), new Cursor(vectors, true))) {
        // This compares the check sums too, and tells apart the texts that Base64 holds for equal.
        if (cursor.encode().equals(text)) {
          return cursor;
        }
      }
    } catch (IllegalArgumentException
        | IndexOutOfBoundsException
        | BufferUnderflowException
        | ArithmeticException e) {
      // No Base64, or bytes that end early: refused like any other text that is no cursor.
    }
    throw new RefusedException(
        Refusal.of(
            Refusal.Reason.BAD_REQUEST,
            "this is no cursor of ours; take it unchanged from an event's id, or leave it out"));
  }

  private static SortedMap<Integer, VersionVector> vectors(ByteBuffer in) {
    TreeMap<Integer, VersionVector> vectors = new TreeMap<>();
    while (in.hasRemaining()) {
      int tableKey = (int) number(in, TABLE_KEY_BYTES);
      VersionVector vector = VersionVector.EMPTY;
      for (long origins = ByteReader.varint(in); origins > 0; origins--) {
        long origin = in.getLong();
        vector = vector.with(new Timestamp(number(in, TIME_BYTES), origin));
      }
      vectors.put(tableKey, vector);
    }
    return vectors;
  }

  /** Appends the low bytes of a number, the highest first. */
  private static void number(ByteWriter out, long value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.octet((int) (value >>> shift));
    }
  }

  private static long number(ByteBuffer in, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = (value << 8) | (in.get() & 0xff);
    }
    return value;
  }

  private long checkSum(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(isAstray ? FORMAT + 1 : FORMAT);
    crc.update(content);
    return crc.getValue();
  }
}
