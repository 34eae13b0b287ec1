package dev.lyrebird.cluster;

import dev.lyrebird.table.Table;
import dev.lyrebird.table.Trial;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of definitions that are to follow the one in force. One is on trial at a time, and
 * its rows are read slice by slice.
 *
 * <p>Owned by the table's thread.
 */
final class Trials {

  private final Consumer<Runnable> later;

  /** The one under way, or the last. */
  private @Nullable Trial trial;

  /**
   * @param later runs work on this thread, behind what is waiting there
   */
  Trials(Consumer<Runnable> later) {
    this.later = later;
  }

  /**
   * Does what is asked.
   *
   * @param answer is told what is wrong with rows, by attribute
   */
  void take(TableRequest.OfDefinition asked, Consumer<Map<String, String>> answer, Table table) {
    switch (asked) {
      case TableRequest.TryOut(var definition) -> {
        Trial begun = table.tryOut(definition);
        trial = begun;
        goOn(begun, answer, table);
      }
      case TableRequest.Bind bind -> {
        Trial tried = current(table);
        tried.bind();
        answer.accept(tried.unfit());
      }
      case TableRequest.Redefine redefine -> {
        table.redefine(current(table));
        answer.accept(Map.of());
      }
      case TableRequest.GiveUp giveUp -> table.endTrial();
    }
  }

  private Trial current(Table table) {
    Trial tried = trial;
    if (tried == null || !table.isTrying(tried)) {
      throw new IllegalStateException("no definition is on trial");
    }
    return tried;
  }

  private void goOn(Trial reading, Consumer<Map<String, String>> answer, Table table) {
    if (!table.isTrying(reading)) {
      return; // it was given up
    }
    if (reading.next()) {
      later.accept(() -> goOn(reading, answer, table));
    } else {
      answer.accept(reading.unfit());
    }
  }
}
