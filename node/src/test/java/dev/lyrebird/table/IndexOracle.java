package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.table;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.IndexKeys;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What the indexes of a table must hold: the keys of its rows, worked out from each of them. */
final class IndexOracle {

  /** What stands behind the type in the meaning of an index, and how a schema says it. */
  private static final Map<String, String> SHOWN_AS =
      Map.of("value", "", "created", "@createdTime", "updated", "@updatedTime");

  private IndexOracle() {}

  /** Fails where an index holds more or less than the stored rows up to the id it is built to. */
  static void check(TableStore store, Supplier<String> replay) {
    try (TableStore.View view = store.view()) {
      for (TableStore.StoredIndex index : store.indexes()) {
        assertEquals(expected(view, index), found(view, index), () -> replay.get() + ' ' + index);
      }
    }
  }

  private static List<String> expected(TableStore.View view, TableStore.StoredIndex index) {
    String[] words = index.meaning().split(" ", -1);
    TableDefinition definition =
        table(
            "type T @table { id: ID @primaryKey %s: %s %s @indexed }"
                .formatted(words[1], words[2], SHOWN_AS.get(words[3])));
    Attribute attribute = definition.attribute(words[1]).orElseThrow();
    RowRules rules = new RowRules(definition);
    RowView shown = new RowView(definition);
    List<String> entries = new ArrayList<>();
    try (TableStore.RowScan rows = view.rows(KeyRange.ALL)) {
      while (rows.next()) {
        Row row = rules.row(rows.id(), rows.state());
        if (row != null && isBuilt(index, rows.id())) {
          JsonNode tree = RowTree.read(shown.rowObject(row));
          for (byte[] key : IndexKeys.of(tree, attribute.name(), attribute.type())) {
            entries.add(entry(key, rows.id()));
          }
        }
      }
    }
    return entries.stream().sorted().toList();
  }

  private static boolean isBuilt(TableStore.StoredIndex index, String id) {
    String builtTo = index.builtTo();
    return builtTo == null
        || Arrays.compareUnsigned(
                id.getBytes(StandardCharsets.UTF_8), builtTo.getBytes(StandardCharsets.UTF_8))
            <= 0;
  }

  private static List<String> found(TableStore.View view, TableStore.StoredIndex index) {
    List<String> entries = new ArrayList<>();
    try (TableStore.IndexScan scan = view.index(index.number(), KeyRange.ALL, false)) {
      while (scan.next()) {
        entries.add(entry(scan.key(), scan.id()));
      }
    }
    return entries.stream().sorted().toList();
  }

  private static String entry(byte[] key, String id) {
    return HexFormat.of().formatHex(key) + ' ' + id;
  }
}
