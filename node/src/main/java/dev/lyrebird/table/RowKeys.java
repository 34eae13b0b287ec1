package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.IndexKeys;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which indexes a table is to have, and which keys a row has in them. Immutable. */
final class RowKeys {

  /** Counts how often the making of keys has changed, so that older indexes are built anew. */
  private static final int VERSION = 1;

  private final RowRules rules;
  private final Map<String, Attribute> indexed = new LinkedHashMap<>();
  private final ShownAttributes shown;

  RowKeys(TableDefinition definition, RowRules rules) {
    this.rules = rules;
    for (Attribute attribute : definition.marked(Mark.INDEXED)) {
      if (isIndexed(attribute)) {
        indexed.put(meaning(attribute, definition), attribute);
      }
    }
    Set<String> names = indexed.values().stream().map(Attribute::name).collect(Collectors.toSet());
    this.shown = new ShownAttributes(new RowView(definition), names);
  }

  /** Rows stand in the order of a key that is text, and joined rows are elsewhere. */
  private static boolean isIndexed(Attribute attribute) {
    boolean isTextKey =
        attribute.is(Mark.PRIMARY_KEY)
            && (attribute.type() == ScalarType.ID || attribute.type() == ScalarType.STRING);
    return !isTextKey && !attribute.isRelationship();
  }

  /** Returns all that decides which keys a row has of an attribute, but for the row itself. */
  private static String meaning(Attribute attribute, TableDefinition definition) {
    String shownAs =
        attribute.is(Mark.PRIMARY_KEY)
            ? "key " + definition.key().type()
            : attribute.is(Mark.CREATED_TIME)
                ? "created"
                : attribute.is(Mark.UPDATED_TIME) ? "updated" : "value";
    return "%d %s %s %s".formatted(VERSION, attribute.name(), attribute.type().sdl(), shownAs);
  }

  /** Returns the attributes that are indexed, by what their indexes mean. */
  Map<String, Attribute> indexed() {
    return indexed;
  }

  /** Returns what clients see of the indexed attributes of a row; null where there is none. */
  @Nullable JsonNode shown(String id, @Nullable RowState state) {
    Row row = state == null ? null : rules.row(id, state);
    return row == null ? null : shown.of(row);
  }

  /** Returns the keys under which an index of an attribute has a row, in their order. */
  static List<byte[]> of(@Nullable JsonNode shown, Attribute attribute) {
    return shown == null ? List.of() : IndexKeys.of(shown, attribute.name(), attribute.type());
  }
}
