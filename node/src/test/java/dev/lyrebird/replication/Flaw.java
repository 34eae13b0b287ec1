package dev.lyrebird.replication;

import dev.lyrebird.table.Table;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** What may be wrong with a node: each method is a place where it can be made to misbehave. */
interface Flaw {

  /** Nothing is wrong. */
  Flaw NONE = new Flaw() {};

  /** Returns what a node really sends. */
  default Message sent(SimulatedNode by, Message message) {
    return message;
  }

  /** Returns what a node makes of a message, or null where it takes no notice. */
  default @Nullable Message received(SimulatedNode by, long from, Message message) {
    return message;
  }

  /** Returns what a node really does of what its replica says. */
  default List<Effect> decided(List<Effect> effects) {
    return effects;
  }

  /** A table was opened, and its replica has not begun. */
  default void opened(SimulatedNode node, Table table) {}

  /** A node's replica has let time pass. */
  default void ticked(SimulatedNode node, Table table) {}

  /** Removes the rows whose time has come. */
  default Table.Commit expire(Table table, long millis, LongUnaryOperator until, int limit) {
    return table.expire(millis, until, limit);
  }

  /** Tells whether writes wait until the replica is ready. */
  default boolean waitsUntilReady() {
    return true;
  }

  /** Returns how far a stamp may be ahead and still drag the clock along. */
  default long maxSkewMillis(long configured) {
    return configured;
  }
}
