package dev.lyrebird.table;

import dev.lyrebird.journal.Reception;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of one table, as {@link RocksStorage} lists them. Immutable.
 *
 * @param table its number, with which all of them begin but those in {@code default}
 */
record RocksKeys(int table) {

  /** What the names of indexes begin with in {@code default}. */
  static final String INDEX = "index";

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

  /** Returns the key of what is known of an index, in {@code default}. */
  byte[] index(int index) {
    byte[] ofTable = meta(INDEX);
    return ByteBuffer.allocate(ofTable.length + NUMBER_BYTES).put(ofTable).putInt(index).array();
  }

  /** Returns the number of the index of which something is known under that key. */
  static int index(byte[] key) {
    return ByteBuffer.wrap(key).getInt(key.length - NUMBER_BYTES);
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

  /** Returns what all entries of an index begin with. */
  byte[] ofIndex(int index) {
    return ByteBuffer.allocate(2 * NUMBER_BYTES).putInt(table).putInt(index).array();
  }

  byte[] indexEntry(TableStore.IndexEntry entry) {
    byte[] utf8 = entry.id().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 * NUMBER_BYTES + entry.key().length + utf8.length)
        .putInt(table)
        .putInt(entry.index())
        .put(entry.key())
        .put(utf8)
        .array();
  }

  /** Returns the number of the index that an entry belongs to. */
  static int indexOf(byte[] entry) {
    return ByteBuffer.wrap(entry).getInt(NUMBER_BYTES);
  }

  /** Returns the key in an index, of that length, that an entry begins with. */
  static byte[] keyInIndex(byte[] entry, int length) {
    return Arrays.copyOfRange(entry, 2 * NUMBER_BYTES, 2 * NUMBER_BYTES + length);
  }

  /** Returns the id that stands behind a key of that length. */
  static String idInIndex(byte[] entry, int length) {
    return text(entry, 2 * NUMBER_BYTES + length);
  }

  private static String text(byte[] key, int from) {
    return new String(key, from, key.length - from, StandardCharsets.UTF_8);
  }
}
