package dev.lyrebird.table;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;

/** The column families of the storage; {@link RocksStorage} tells what each holds. */
record RocksFamilies(
    ColumnFamilyHandle meta,
    ColumnFamilyHandle rows,
    ColumnFamilyHandle journal,
    ColumnFamilyHandle checkpoints,
    ColumnFamilyHandle expiries,
    ColumnFamilyHandle foldings,
    ColumnFamilyHandle receptions,
    ColumnFamilyHandle entries,
    ColumnFamilyHandle indexes) {

  /** Their names, in the order of the components. */
  static final List<String> NAMES =
      List.of(
          "default",
          "rows",
          "journal",
          "checkpoints",
          "expiries",
          "foldings",
          "receptions",
          "entries",
          "indexes");

  /** Returns what RocksDB wants to know to open them. */
  static List<ColumnFamilyDescriptor> descriptors(ColumnFamilyOptions options) {
    return NAMES.stream()
        .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), options))
        .toList();
  }

  /** Names what RocksDB has opened, in the order of the {@link #descriptors}. */
  static RocksFamilies of(List<ColumnFamilyHandle> opened) {
    Objects.checkFromIndexSize(0, NAMES.size(), opened.size());
    return new RocksFamilies(
        opened.get(0),
        opened.get(1),
        opened.get(2),
        opened.get(3),
        opened.get(4),
        opened.get(5),
        opened.get(6),
        opened.get(7),
        opened.get(8));
  }

  /** Returns where it is noted when rows are due. */
  ColumnFamilyHandle due(TableStore.Deadline deadline) {
    return switch (deadline) {
      case EXPIRY -> expiries;
      case FOLDING -> foldings;
    };
  }
}
