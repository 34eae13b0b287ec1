package dev.lyrebird.resource;

import dev.lyrebird.schema.Exports;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an event loop works out under one schema, and from the beginning when another is in force.
 * Owned by that loop.
 *
 * @param <T> what that is
 */
public final class PerSchema<T> {

  private final Tables tables;
  private final Supplier<T> maker;
  private @Nullable Exports madeUnder;
  private @Nullable T made;

  /**
   * @param tables of the loop, which know the schema in force
   * @param maker makes what there is at the beginning
   */
  public PerSchema(Tables tables, Supplier<T> maker) {
    this.tables = tables;
    this.maker = maker;
  }

  /** Returns what there is under the schema in force. */
  public T now() {
    T known = made;
    if (known == null || madeUnder != tables.exports()) {
      known = maker.get();
      made = known;
      madeUnder = tables.exports();
    }
    return known;
  }
}
