package dev.lyrebird.http;

import dev.lyrebird.resource.PerSchema;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import java.util.IdentityHashMap;
import java.util.function.Function;

/**
 * One thing for each definition of a table. Found by its identity: under one schema a node has one
 * object for each table, and comparing what is in them would cost more than most requests. Owned by
 * one event loop.
 *
 * @param <T> what there is one of for each
 */
final class PerTable<T> {

  private final PerSchema<IdentityHashMap<TableDefinition, T>> things;
  private final Function<TableDefinition, T> maker;

  PerTable(Tables tables, Function<TableDefinition, T> maker) {
    this.things = new PerSchema<>(tables, IdentityHashMap::new);
    this.maker = maker;
  }

  /**
   * @param table as it is defined, or was when what asks began
   */
  T of(TableDefinition table) {
    return things.now().computeIfAbsent(table, maker);
  }
}
