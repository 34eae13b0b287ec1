package dev.lyrebird.stream;

import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.query.Projection;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.query.Select;
import java.util.function.Function;

/**
 * The JSON of events of whose value a part is selected. All streams of an event loop with equal
 * selections share one, and its wires.
 *
 * <p>Owned by one event loop.
 *
 * @param <W> the wires for events of one JSON
 */
final class SelectedJson<W> implements Form<byte[]> {

  /** By which it is found for as long as it lasts. */
  private final Select select;

  private final Projection projection;
  private final EventJson json;
  private final Form<ShownValue> shown;
  private final W wires;

  /** Takes a selection that was held against the tables of all events that will come. */
  SelectedJson(
      Select select, EventJson json, Form<ShownValue> shown, Function<Form<byte[]>, W> wires) {
    this.select = select;
    this.projection = new Projection(select);
    this.json = json;
    this.shown = shown;
    this.wires = wires.apply(this);
  }

  @Override
  public byte[] encode(Event event) {
    return switch (event.entry().type()) {
      case PUT, MESSAGE ->
          json.withValue(event, RowTree.write(projection.of(event.as(shown).tree())));
      case DELETE -> json.encode(event);
    };
  }

  W wires() {
    return wires;
  }

  @Override
  public String toString() {
    return select.toString();
  }
}
