package dev.lyrebird.relation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.query.ValueMatcher;
import dev.lyrebird.resource.PerSchema;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.util.IdentityHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows of any table as clients are shown them, and the keys in them. Owned by one event loop. */
final class ShownRows {

  /** By the identity of its definition, of which a schema has one for each table. */
  private final PerSchema<IdentityHashMap<TableDefinition, RowView>> views;

  ShownRows(Tables tables) {
    this.views = new PerSchema<>(tables, IdentityHashMap::new);
  }

  /** Returns what is shown of a row; a missing node where that is beyond all computing. */
  JsonNode tree(TableDefinition table, Row row) {
    return RowTree.read(views.now().computeIfAbsent(table, RowView::new).rowObject(row));
  }

  /** Tells each key that a value holds: itself, or one of the elements of a list. */
  static void keysIn(@Nullable JsonNode value, Consumer<String> each) {
    if (value == null) {
      return;
    }
    if (value.isArray()) {
      value.forEach(element -> keysIn(element, each));
      return;
    }
    String key = ValueMatcher.IsKey.key(value);
    if (key != null) {
      each.accept(key);
    }
  }
}
