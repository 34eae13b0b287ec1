package dev.lyrebird.table;

import static dev.lyrebird.table.RocksCalls.run;

import dev.lyrebird.query.KeyRange;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** A reading of a range of keys under way. Owned by one thread. */
final class RocksReading implements AutoCloseable {

  private final Slice low;
  private final Slice high;
  private final ReadOptions options;
  private final RocksIterator all;
  private final boolean isDescending;
  private boolean started;

  /** Of what it stands at; null before somebody has asked. */
  private byte @Nullable [] key;

  private byte @Nullable [] value;

  /**
   * @param keys a range that ends
   * @param snapshot what to read; null for what is there now
   */
  RocksReading(
      RocksDB db,
      ColumnFamilyHandle family,
      KeyRange keys,
      @Nullable Snapshot snapshot,
      boolean isDescending) {
    this.low = new Slice(keys.low());
    this.high = new Slice(Objects.requireNonNull(keys.high()));
    this.options = new ReadOptions().setIterateLowerBound(low).setIterateUpperBound(high);
    if (snapshot != null) {
      options.setSnapshot(snapshot);
    }
    this.all = db.newIterator(family, options);
    this.isDescending = isDescending;
  }

  /**
   * Moves to the next key; returns false behind the last one.
   *
   * @throws StorageException where what it came upon is damaged
   */
  boolean next() {
    step();
    started = true;
    key = null;
    value = null;
    boolean stands = all.isValid();
    if (!stands) {
      run(all::status);
    }
    return stands;
  }

  private void step() {
    if (started) {
      if (isDescending) {
        all.prev();
      } else {
        all.next();
      }
    } else if (isDescending) {
      all.seekToLast();
    } else {
      all.seekToFirst();
    }
  }

  /** Returns the key that it stands at, which nobody may change. */
  byte[] key() {
    byte[] known = key;
    if (known == null) {
      known = all.key();
      key = known;
    }
    return known;
  }

  /** Returns the value that it stands at, which nobody may change. */
  byte[] value() {
    byte[] known = value;
    if (known == null) {
      known = all.value();
      value = known;
    }
    return known;
  }

  @Override
  public void close() {
    all.close();
    options.close();
    high.close();
    low.close();
  }
}
