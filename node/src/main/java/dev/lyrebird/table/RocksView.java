package dev.lyrebird.table;

import static dev.lyrebird.table.RocksCalls.call;
import static dev.lyrebird.table.RocksCalls.standsBelow;

import dev.lyrebird.query.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/** Rows and indexes of one table as a snapshot of RocksDB has them. Owned by the table's thread. */
final class RocksView implements TableStore.View {

  private final RocksDB db;
  private final RocksFamilies families;
  private final RocksKeys keys;
  private final RocksRows rows;
  private final Snapshot snapshot;
  private final ReadOptions options;

  RocksView(RocksDB db, RocksFamilies families, RocksKeys keys, RocksRows rows) {
    this.db = db;
    this.families = families;
    this.keys = keys;
    this.rows = rows;
    this.snapshot = db.getSnapshot();
    this.options = new ReadOptions().setSnapshot(snapshot);
  }

  @Override
  public @Nullable RowState row(String id) {
    return rows.row(options, id);
  }

  @Override
  public List<RowState> rows(List<String> ids) {
    return rows.rows(options, ids);
  }

  @Override
  public TableStore.RowScan rows(KeyRange ids) {
    KeyRange range = ids.below(keys.prefix());
    return new RocksRowScan(new RocksReading(db, families.rows(), range, snapshot, false));
  }

  @Override
  public TableStore.IndexScan index(int index, KeyRange range, boolean isDescending) {
    KeyRange entries = range.below(keys.ofIndex(index));
    return new EntryScan(new RocksReading(db, families.indexes(), entries, snapshot, isDescending));
  }

  @Override
  public boolean holds(TableStore.IndexEntry entry) {
    return call(() -> db.get(families.indexes(), options, keys.indexEntry(entry))) != null;
  }

  @Override
  public List<Integer> indexNumbers() {
    List<Integer> numbers = new ArrayList<>();
    byte[] prefix = keys.prefix();
    try (RocksIterator all = db.newIterator(families.indexes(), options)) {
      all.seek(prefix);
      while (standsBelow(all, prefix)) {
        int number = RocksKeys.indexOf(all.key());
        numbers.add(number);
        all.seek(Objects.requireNonNull(KeyRange.startingWith(keys.ofIndex(number)).high()));
      }
    }
    return numbers;
  }

  @Override
  public void close() {
    options.close();
    db.releaseSnapshot(snapshot);
    snapshot.close();
  }

  /** A reading of an index under way. */
  private record EntryScan(RocksReading reading) implements TableStore.IndexScan {

    @Override
    public boolean next() {
      return reading.next();
    }

    @Override
    public byte[] key() {
      return RocksKeys.keyInIndex(reading.key(), length());
    }

    @Override
    public String id() {
      return RocksKeys.idInIndex(reading.key(), length());
    }

    private int length() {
      return Byte.toUnsignedInt(reading.value()[0]);
    }

    @Override
    public void close() {
      reading.close();
    }
  }
}
