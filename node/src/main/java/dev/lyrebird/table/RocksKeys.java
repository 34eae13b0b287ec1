package dev.lyrebird.table;

import dev.lyrebird.journal.Reception;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The keys of one table, as {@link RocksStorage} lists them. Immutable.
 *
 * @param table its number, with which all of them begin but those in {@code default}
 */
record RocksKeys(int table) {

  private static final int NUMBER_BYTES = Integer.BYTES;
  private static final int LONG_KEY_BYTES = NUMBER_BYTES + Long.BYTES;
  private static final int RECEPTION_KEY_BYTES = LONG_KEY_BYTES + Long.BYTES + Integer.BYTES;

  /** Returns what all keys of the table begin with. */
  byte[] prefix() {
    return ByteBuffer.allocate(NUMBER_BYTES).putInt(table).array();
  }

  /** Returns the key of what is kept once for the table, in {@code default}. */
  byte[] meta(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(utf8.length + NUMBER_BYTES).put(utf8).putInt(table).array();
  }

  byte[] row(String id) {
    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(NUMBER_BYTES + utf8.length).putInt(table).put(utf8).array();
  }

  /** Returns the id of the row with that key. */
  static String id(byte[] row) {
    return text(row, NUMBER_BYTES);
  }

  /** Returns the key of a page or a checkpoint, or how those of a client's receptions begin. */
  byte[] number(long number) {
    return ByteBuffer.allocate(LONG_KEY_BYTES).putInt(table).putLong(number).array();
  }

  byte[] segment(long lastPosition, int part) {
    return ByteBuffer.allocate(LONG_KEY_BYTES + 1)
        .putInt(table)
        .putLong(lastPosition)
        .put((byte) part)
        .array();
  }

  byte[] reception(Reception reception) {
    return ByteBuffer.allocate(RECEPTION_KEY_BYTES)
        .putInt(table)
        .putLong(reception.client())
        .putLong(reception.claim())
        .putInt(reception.packetId())
        .array();
  }

  /** Returns the reception with that key. */
  static Reception reception(byte[] key) {
    ByteBuffer in = ByteBuffer.wrap(key).position(NUMBER_BYTES);
    return new Reception(in.getLong(), in.getLong(), in.getInt());
  }

  byte[] due(TableStore.Due due) {
    byte[] utf8 = due.id().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(LONG_KEY_BYTES + utf8.length)
        .putInt(table)
        .putLong(due.at())
        .put(utf8)
        .array();
  }

  /** Returns what is due with that key. */
  static TableStore.Due due(byte[] key) {
    return new TableStore.Due(
        ByteBuffer.wrap(key).getLong(NUMBER_BYTES), text(key, LONG_KEY_BYTES));
  }

  private static String text(byte[] key, int from) {
    return new String(key, from, key.length - from, StandardCharsets.UTF_8);
  }
}
