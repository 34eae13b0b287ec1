package dev.lyrebird.cluster;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.table.QueryReading;
import dev.lyrebird.table.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The queries that event loops have under way. Each is carried on, slice by slice, until it has
 * rows to tell, and rests until its loop asks for more.
 *
 * <p>Owned by the table's thread.
 */
final class Queries {

  private final int index;
  private final QueryBounds bounds;
  private final BiConsumer<String, TableAnswer> answers;
  private final Consumer<Runnable> later;
  private final Map<Key, QueryReading> readings = new HashMap<>();

  private record Key(String loop, long number) {}

  /**
   * Creates the queries of a table.
   *
   * @param index by which event loops know it
   * @param answers sends an event loop an answer
   * @param later runs work on this thread, behind what is waiting there
   */
  Queries(
      int index,
      QueryBounds bounds,
      BiConsumer<String, TableAnswer> answers,
      Consumer<Runnable> later) {
    this.index = index;
    this.bounds = bounds;
    this.answers = answers;
    this.later = later;
  }

  /** Begins a query. */
  void open(TableRequest.OpenQuery asked, Table table) {
    Key key = new Key(asked.loop(), asked.number());
    if (readings.size() >= bounds.maxUnderWay()) {
      refuse(
          key,
          Refusal.of(
              Refusal.Reason.OVERLOADED,
              "%d queries of this table are under way (queries.maxUnderWay); try again"
                  .formatted(readings.size())));
      return;
    }
    readings.put(key, table.query(asked.query(), asked.typing(), bounds));
    goOn(key);
  }

  /** Carries on a query whose loop wants more, unless there is no such query any more. */
  void more(String loop, long number) {
    goOn(new Key(loop, number));
  }

  private void goOn(Key key) {
    QueryReading reading = readings.get(key);
    if (reading == null) {
      return;
    }
    QueryReading.Slice slice;
    try {
      slice = reading.next();
    } catch (RefusedException e) {
      close(key);
      refuse(key, e.refusal());
      return;
    }
    boolean isLast = slice.report() != null;
    if (isLast) {
      close(key);
    }
    if (isLast || !slice.rows().isEmpty()) {
      answers.accept(key.loop(), new TableAnswer.QueryRows(index, key.number(), slice));
    } else {
      later.accept(() -> goOn(key));
    }
  }

  private void refuse(Key key, Refusal refusal) {
    answers.accept(key.loop(), new TableAnswer.QueryRefused(index, key.number(), refusal));
  }

  /** Gives up a query. */
  void close(String loop, long number) {
    close(new Key(loop, number));
  }

  private void close(Key key) {
    QueryReading reading = readings.remove(key);
    if (reading != null) {
      reading.close();
    }
  }

  /** Gives up all queries. */
  void closeAll() {
    readings.values().forEach(QueryReading::close);
    readings.clear();
  }
}
