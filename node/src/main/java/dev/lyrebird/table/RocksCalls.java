package dev.lyrebird.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Calls RocksDB, whose faults are faults of the storage. */
final class RocksCalls {

  private RocksCalls() {}

  /** A call of RocksDB. */
  interface Call<T extends @Nullable Object> {
    T call() throws RocksDBException;
  }

  /** A call of RocksDB that returns nothing. */
  interface Action {
    void run() throws RocksDBException;
  }

  static <T extends @Nullable Object> T call(Call<T> call) {
    try {
      return call.call();
    } catch (RocksDBException e) {
      throw new StorageException("the storage failed: " + e.getMessage(), e);
    }
  }

  static void run(Action action) {
    Call<@Nullable Void> call =
        () -> {
          action.run();
          return null;
        };
    call(call);
  }

  /**
   * Tells whether an iterator stands at a key that begins so.
   *
   * @throws StorageException where it stands nowhere because what it came upon is damaged
   */
  static boolean standsBelow(RocksIterator all, byte[] prefix) {
    if (!all.isValid()) {
      run(all::status);
      return false;
    }
    byte[] key = all.key();
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
