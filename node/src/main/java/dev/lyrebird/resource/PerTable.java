package dev.lyrebird.resource;

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
public final class PerTable<T> {

  private final PerSchema<IdentityHashMap<TableDefinition, T>> things;
  private final Function<TableDefinition, T> maker;

  /**
   * @param tables of the loop, which know the schema in force
   * @param maker makes what there is one of
   */
  public PerTable(Tables tables, Function<TableDefinition, T> maker) {
    this.things = new PerSchema<>(tables, IdentityHashMap::new);
    this.maker = maker;
  }

  /**
   * Returns the one for a table.
   *
   * @param table as it is defined, or was when what asks began
   */
  public T of(TableDefinition table) {
    return things.now().computeIfAbsent(table, maker);
  }
}
