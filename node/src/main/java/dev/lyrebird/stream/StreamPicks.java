package dev.lyrebird.stream;

import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.query.Expression;
import dev.lyrebird.query.Projection;
import dev.lyrebird.query.Select;
import dev.lyrebird.resource.PerSchema;
import dev.lyrebird.resource.PerTable;
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
 *
 * @param <W> the wires of all kinds of streams, for events of one JSON
 */
public final class StreamPicks<W> {

  private final Tables tables;
  private final EventJson json;
  private final Function<Form<byte[]>, W> wires;
  private final W whole;
  private final W leaving;
  private final Form<ShownValue> shown;
  private final RowRoom room = new RowRoom(RowRoom.PLACES);
  private final long seed;

  /** Each value holds its key, so that an entry lasts as long as some stream has the value. */
  private final PerSchema<Map<Expression, WeakReference<StreamCondition>>> conditions;

  private final Map<Select, WeakReference<SelectedJson<W>>> selections = new WeakHashMap<>();

  /**
   * @param random by which nobody can guess how topics are hashed
   * @param wires makes the wires of all kinds of streams, for events of one JSON
   */
  public StreamPicks(
      Tables tables,
      PerTable<RowView> views,
      RandomGenerator random,
      Function<Form<byte[]>, W> wires) {
    this.tables = tables;
    this.json = new EventJson(tables, views);
    this.wires = wires;
    this.whole = wires.apply(json);
    this.leaving = wires.apply(json::leaving);
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
  public <T> Telling<T> telling(
      StreamQuery query, StreamTarget target, Function<W, EventWire<T>> kind) {
    EventWire<T> wire = kind.apply(wires(query.query().select(), target));
    Expression expression = query.query().condition();
    if (expression == null) {
      return wire;
    }
    return new PickedEvents<>(
        condition(expression, target),
        wire,
        kind.apply(leaving),
        new ClientRows(room, seed, hasNoRows(query.start())));
  }

  /** Returns the wires of whole events. */
  public W whole() {
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

  private W wires(@Nullable Select select, StreamTarget target) {
    if (select == null) {
      return whole;
    }
    for (int table : target.tables()) {
      Projection.check(select, tables.definition(table));
    }
    WeakReference<SelectedJson<W>> known = selections.get(select);
    SelectedJson<W> selected = known == null ? null : known.get();
    if (selected == null) {
      selected = new SelectedJson<>(select, json, shown, wires);
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
