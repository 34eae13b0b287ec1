package dev.lyrebird.table;

import static dev.lyrebird.table.RocksCalls.call;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.Status;

/**
 * Looks rows of one table up by their ids, several in one call. Owned by the table's thread, which
 * keeps the memory that RocksDB takes keys from and writes rows to.
 */
final class RocksRows {

  private static final int MOST_AT_ONCE = 32;

  /** Of one key, and of one row: those of more bytes are asked for by themselves. */
  private static final int KEY_BYTES = 256;

  private static final int ROW_BYTES = 4 << 10;

  private final RocksDB db;
  private final ColumnFamilyHandle rows;
  private final List<ColumnFamilyHandle> family;
  private final RocksKeys keys;
  private final ByteBuffer roomForKeys = ByteBuffer.allocateDirect(MOST_AT_ONCE * KEY_BYTES);
  private final ByteBuffer roomForRows = ByteBuffer.allocateDirect(MOST_AT_ONCE * ROW_BYTES);

  RocksRows(RocksDB db, RocksFamilies families, RocksKeys keys) {
    this.db = db;
    this.rows = families.rows();
    this.family = List.of(rows);
    this.keys = keys;
  }

  @Nullable RowState row(ReadOptions options, String id) {
    return decoded(call(() -> db.get(rows, options, keys.row(id))));
  }

  private static @Nullable RowState decoded(byte @Nullable [] state) {
    return state == null ? null : RowStateCodec.decode(state);
  }

  /** Returns rows in the order of their ids; {@link RowState#NOTHING} where there is none. */
  List<RowState> rows(ReadOptions options, List<String> ids) {
    List<RowState> states = new ArrayList<>(ids.size());
    for (int from = 0; from < ids.size(); from += MOST_AT_ONCE) {
      addRows(options, ids.subList(from, Math.min(from + MOST_AT_ONCE, ids.size())), states);
    }
    return states;
  }

  private void addRows(ReadOptions options, List<String> ids, List<RowState> states) {
    List<ByteBuffer> wanted = new ArrayList<>(ids.size());
    List<ByteBuffer> room = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      byte[] key = keys.row(ids.get(i));
      int length = Math.min(key.length, KEY_BYTES);
      wanted.add(roomForKeys.slice(i * KEY_BYTES, length).put(key, 0, length).flip());
      room.add(roomForRows.slice(i * ROW_BYTES, ROW_BYTES));
    }
    List<ByteBufferGetStatus> found =
        call(() -> db.multiGetByteBuffers(options, family, wanted, room));
    for (int i = 0; i < ids.size(); i++) {
      boolean isKeyCut = wanted.get(i).capacity() == KEY_BYTES;
      RowState state =
          isKeyCut ? row(options, ids.get(i)) : state(found.get(i), options, ids.get(i));
      states.add(state == null ? RowState.NOTHING : state);
    }
  }

  private @Nullable RowState state(ByteBufferGetStatus found, ReadOptions options, String id) {
    Status.Code code = found.status.getCode();
    if (code == Status.Code.NotFound) {
      return null;
    }
    if (code != Status.Code.Ok || found.requiredSize > ROW_BYTES) {
      return row(options, id); // it is too large, or damaged: then the fault comes
    }
    byte[] state = new byte[found.requiredSize];
    found.value.get(state);
    return RowStateCodec.decode(state);
  }
}
