package dev.lyrebird.journal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscriber has come: for each table it reads, a version vector. It means the same on
 * every node, so a client may go on anywhere.
 *
 * <p>As text it is URL-safe Base64 of: one byte of format; per table 4 bytes of {@link #tableKey},
 * 1 byte for the number of origins, and 15 bytes an origin (8 of node id, 7 of time); 2 bytes of
 * check sum. Clients must not look into it. The check sum finds damage and chance strings; it is no
 * signature, for a cursor grants nothing but a place to start reading.
 *
 * @param vectors table key to what was seen of that table
 */
public record Cursor(SortedMap<Integer, VersionVector> vectors) {

  private static final byte FORMAT = 1;
  private static final int ORIGIN_BYTES = 15;
  private static final int TIME_BYTES = 7;

  public Cursor {
    vectors = Collections.unmodifiableSortedMap(new TreeMap<>(vectors));
  }

  /** Returns the cursor of a subscriber of one table. */
  public static Cursor of(int tableKey, VersionVector vector) {
    TreeMap<Integer, VersionVector> vectors = new TreeMap<>();
    vectors.put(tableKey, vector);
    return new Cursor(vectors);
  }

  /** Returns the short name by which cursors know a table: equal on all nodes. */
  public static int tableKey(String database, String table) {
    return checkSum((database + '/' + table).getBytes(StandardCharsets.UTF_8));
  }

  /** Returns what was seen of a table, or null where this cursor is not of that table. */
  public @Nullable VersionVector vector(int tableKey) {
    return vectors.get(tableKey);
  }

  /** Returns the text that a client keeps. */
  public String encode() {
    int size = 3;
    for (VersionVector vector : vectors.values()) {
      size += 5 + vector.size() * ORIGIN_BYTES;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).put(FORMAT);
    vectors.forEach((tableKey, vector) -> {
      bytes.putInt(tableKey).put((byte) vector.size());
      for (int i = 0; i < vector.size(); i++) {
        bytes.putLong(vector.origin(i));
        for (int shift = 8 * (TIME_BYTES - 1); shift >= 0; shift -= 8) {
          bytes.put((byte) (vector.time(i) >>> shift));
        }
      }
    });
    bytes.putShort((short) checkSum(bytes.array(), bytes.position()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * Reads the text of a cursor.
   *
   * @throws RefusedException with {@link Refusal.Reason#BAD_REQUEST} where the text is no cursor
   */
  public static Cursor decode(String text) {
    try {
      byte[] all = Base64.getUrlDecoder().decode(text);
      ByteBuffer bytes = ByteBuffer.wrap(all);
      if (all.length < 3
          || bytes.get() != FORMAT
          || bytes.getShort(all.length - 2) != (short) checkSum(all, all.length - 2)) {
        throw notACursor();
      }
      TreeMap<Integer, VersionVector> vectors = new TreeMap<>();
      bytes.limit(all.length - 2);
      while (bytes.hasRemaining()) {
        int tableKey = bytes.getInt();
        int origins = bytes.get() & 0xff;
        VersionVector vector = VersionVector.EMPTY;
        for (int i = 0; i < origins; i++) {
          long origin = bytes.getLong();
          long time = 0;
          for (int j = 0; j < TIME_BYTES; j++) {
            time = (time << 8) | (bytes.get() & 0xff);
          }
          vector = vector.with(new Timestamp(time, origin));
        }
        vectors.put(tableKey, vector);
      }
      return new Cursor(vectors);
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw notACursor();
    }
  }

  private static RefusedException notACursor() {
    return new RefusedException(
        Refusal.of(
            Refusal.Reason.BAD_REQUEST,
            "this is no cursor of ours; take it unchanged from an event's id, or leave it out"));
  }

  private static int checkSum(byte[] bytes) {
    return checkSum(bytes, bytes.length);
  }

  private static int checkSum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
