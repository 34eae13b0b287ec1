package dev.lyrebird.relation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.Select;
import dev.lyrebird.query.ValueMatcher;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Puts the rows that others join into them, as far as a selection wants them: one row, or a list of
 * them in the order of the keys that the row holds, or of their ids.
 *
 * <p>Owned by one event loop.
 */
public final class JoinedRows {

  /** Rows that those of one page may join, rows that these join included. */
  private static final int MOST_JOINED = 20_000;

  private final Tables tables;
  private final ShownRows shown;

  /**
   * Creates them for an event loop.
   *
   * @param tables of the loop
   */
  public JoinedRows(Tables tables) {
    this.tables = tables;
    this.shown = new ShownRows(tables);
  }

  /** Tells whether a selection reaches into joined rows. */
  public static boolean areWanted(Select select, TableDefinition table) {
    return select.items().stream().anyMatch(item -> table.relationship(item.name()).isPresent());
  }

  /**
   * Returns rows as clients are shown them, with the rows in them that a selection reaches into.
   *
   * @return one tree for each row; fails with a {@link RefusedException} where too many are joined
   */
  public CompletableFuture<List<JsonNode>> of(
      List<Row> rows, TableDefinition table, Select select) {
    List<JsonNode> trees = rows.stream().map(row -> shown.tree(table, row)).toList();
    return new Page().join(trees, table, select.items()).thenApply(nothing -> trees);
  }

  /** What is joined for the rows of one page. */
  private final class Page {

    private int joined;

    CompletableFuture<Void> join(
        List<JsonNode> rows, TableDefinition table, List<Select.Item> items) {
      CompletableFuture<Void> all = CompletableFuture.allOf();
      for (Select.Item item : items) {
        RelatedType type = table.relationship(item.name()).orElse(null);
        if (type != null) {
          all = all.thenCompose(nothing -> join(rows, table, item, type));
        }
      }
      return all;
    }

    private CompletableFuture<Void> join(
        List<JsonNode> rows, TableDefinition table, Select.Item item, RelatedType type) {
      TableDefinition other = tables.ofType(type.typeName());
      String own = table.joiningAttribute(type);
      Set<String> keys = new LinkedHashSet<>();
      rows.forEach(row -> ShownRows.keysIn(row.get(own), keys::add));
      Map<String, List<JsonNode>> found = new HashMap<>();
      return read(other, type, keys, found)
          .thenCompose(nothing -> joinFurther(found, other, item))
          .thenAccept(nothing -> {
            for (JsonNode row : rows) {
              if (row instanceof ObjectNode object) {
                put(object, item.name(), type.many(), rowsOf(row.get(own), found));
              }
            }
          });
    }

    private CompletableFuture<Void> joinFurther(
        Map<String, List<JsonNode>> found, TableDefinition table, Select.Item item) {
      List<Select.Item> within = item.within();
      if (within == null) {
        return CompletableFuture.allOf();
      }
      Set<JsonNode> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
      found.values().forEach(distinct::addAll);
      return join(List.copyOf(distinct), table, within);
    }

    /** Reads the rows that have one of the keys, or hold one, by those keys. */
    private CompletableFuture<Void> read(
        TableDefinition other,
        RelatedType type,
        Set<String> keys,
        Map<String, List<JsonNode>> found) {
      if (keys.isEmpty()) {
        return CompletableFuture.allOf();
      }
      return switch (type.side()) {
        case FROM -> readByKey(other, keys, found);
        case TO ->
            RowGathering.of(
                tables,
                other,
                new RowMatcher.OfAttribute(List.of(type.attribute()), new ValueMatcher.IsKey(keys)),
                row -> {
                  JsonNode tree = shown.tree(other, row);
                  Set<String> held = new LinkedHashSet<>();
                  ShownRows.keysIn(tree.get(type.attribute()), held::add);
                  held.forEach(
                      key -> found.computeIfAbsent(key, first -> new ArrayList<>()).add(tree));
                  return ++joined <= MOST_JOINED;
                },
                tooMany(other));
      };
    }

    private CompletableFuture<Void> readByKey(
        TableDefinition other, Set<String> keys, Map<String, List<JsonNode>> found) {
      joined += keys.size();
      if (joined > MOST_JOINED) {
        return CompletableFuture.failedFuture(new RefusedException(tooMany(other)));
      }
      CompletableFuture<Void> all = new CompletableFuture<>();
      int[] left = {keys.size()};
      for (String key : keys) {
        tables.read(
            other,
            key,
            row -> {
              if (row != null) {
                found.put(key, List.of(shown.tree(other, row)));
              }
              if (--left[0] == 0) {
                all.complete(null);
              }
            });
      }
      return all;
    }
  }

  /** Returns the rows that were found by the keys in a value. */
  private static List<JsonNode> rowsOf(@Nullable JsonNode keys, Map<String, List<JsonNode>> found) {
    List<JsonNode> rows = new ArrayList<>();
    ShownRows.keysIn(keys, key -> rows.addAll(found.getOrDefault(key, List.of())));
    return rows;
  }

  private static void put(ObjectNode row, String name, boolean many, List<JsonNode> joined) {
    row.remove(name);
    if (many) {
      row.putArray(name).addAll(joined);
    } else if (!joined.isEmpty()) {
      row.set(name, joined.getFirst());
    }
  }

  private static Refusal tooMany(TableDefinition joined) {
    return Refusal.of(
        Refusal.Reason.BAD_REQUEST,
        "the rows of one page join more than %d rows of %s; ask for fewer of them, with limit(...)"
            .formatted(MOST_JOINED, joined.typeName()));
  }
}
