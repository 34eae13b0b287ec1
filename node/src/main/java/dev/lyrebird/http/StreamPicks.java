package dev.lyrebird.http;

import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.query.Expression;
import dev.lyrebird.query.Projection;
import dev.lyrebird.query.Select;
import dev.lyrebird.resource.PerSchema;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.view.RowView;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds how a stream is told what its query picks from its events. Equal conditions are compiled
 * once, and equal selections encoded once per event: both are shared for as long as any stream has
 * them.
 *
 * <p>Owned by one event loop.
 */
final class StreamPicks {

  private final Tables tables;
  private final EventJson json;
  private final EventWires whole;
  private final EventWires leaving;
  private final Form<ShownValue> shown;
  private final RowRoom room = new RowRoom(RowRoom.PLACES);
  private final long seed;

  /** Each value holds its key, so that an entry lasts as long as some stream has the value. */
  private final PerSchema<Map<Expression, WeakReference<StreamCondition>>> conditions;

  private final Map<Select, WeakReference<SelectedJson>> selections = new WeakHashMap<>();

  /**
   * @param random by which nobody can guess how topics are hashed
   */
  StreamPicks(Tables tables, PerTable<RowView> views, RandomGenerator random) {
    this.tables = tables;
    this.json = new EventJson(tables, views);
    this.whole = new EventWires(tables.hub(), json);
    this.leaving = new EventWires(tables.hub(), json::leaving);
    this.shown = ShownValue.form(tables, views);
    this.conditions = new PerSchema<>(tables, WeakHashMap::new);
    this.seed = random.nextLong();
  }

  /**
   * Returns how a stream is told its events.
   *
   * @param kind picks the wire of the stream's kind
   * @throws dev.lyrebird.journal.RefusedException where the query does not fit the tables
   */
  Telling telling(StreamQuery query, StreamTarget target, Function<EventWires, EventWire> kind) {
    EventWire wire = kind.apply(wires(query.query().select(), target));
    Expression expression = query.query().condition();
    if (expression == null) {
      return wire;
    }
    return new PickedEvents(
        condition(expression, target),
        wire,
        kind.apply(leaving),
        new ClientRows(room, seed, hasNoRows(query.start())));
  }

  /** Returns the wires of whole events. */
  EventWires whole() {
    return whole;
  }

  /** Whether the client has no rows but those that it will be told. */
  private static boolean hasNoRows(Start start) {
    return switch (start) {
      case Start.Current() -> true;
      case Start.Live() -> true;
      case Start.After after -> false;
      case Start.CurrentAfter after -> false;
      case Start.Since since -> false;
      case Start.Previous previous -> false;
    };
  }

  private EventWires wires(@Nullable Select select, StreamTarget target) {
    if (select == null) {
      return whole;
    }
    for (int table : target.tables()) {
      Projection.check(select, tables.definition(table));
    }
    WeakReference<SelectedJson> known = selections.get(select);
    SelectedJson selected = known == null ? null : known.get();
    if (selected == null) {
      selected = new SelectedJson(select, json, shown, tables.hub());
      selections.put(select, new WeakReference<>(selected));
    }
    return selected.wires();
  }

  /**
   * Returns the condition that all streams with an equal one share, fit for the target's tables.
   */
  StreamCondition condition(Expression expression, StreamTarget target) {
    WeakReference<StreamCondition> known = conditions.now().get(expression);
    StreamCondition condition = known == null ? null : known.get();
    if (condition == null) {
      condition = new StreamCondition(expression, shown);
      conditions.now().put(expression, new WeakReference<>(condition));
    }
    for (int table : target.tables()) {
      condition.addTable(table, tables.definition(table));
    }
    return condition;
  }
}
