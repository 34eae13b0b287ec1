package dev.lyrebird.http;

import dev.lyrebird.schema.TableDefinition;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * One thing for each exported table. Found by the identity of its definition: a node has one object
 * for each table, and comparing what is in them would cost more than most requests.
 *
 * @param <T> what there is one of for each table
 */
final class PerTable<T> {

  private final IdentityHashMap<TableDefinition, T> things = new IdentityHashMap<>();

  PerTable(List<TableDefinition> tables, Function<TableDefinition, T> maker) {
    tables.forEach(table -> things.put(table, maker.apply(table)));
  }

  T of(TableDefinition table) {
    return Objects.requireNonNull(things.get(table), () -> "no exported table " + table.typeName());
  }
}
