package dev.lyrebird.http;

import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.query.Projection;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.query.Select;

/**
 * The JSON of events of whose value a part is selected. All streams of an event loop with equal
 * selections share one, and its wires.
 *
 * <p>Owned by one event loop.
 */
final class SelectedJson implements Form<byte[]> {

  /** By which it is found for as long as it lasts. */
  private final Select select;

  private final Projection projection;
  private final EventJson json;
  private final Form<ShownValue> shown;
  private final EventWires wires;

  /** Takes a selection that was held against the tables of all events that will come. */
  SelectedJson(Select select, EventJson json, Form<ShownValue> shown, Hub hub) {
    this.select = select;
    this.projection = new Projection(select);
    this.json = json;
    this.shown = shown;
    this.wires = new EventWires(hub, this);
  }

  @Override
  public byte[] encode(Event event) {
    return switch (event.entry().type()) {
      case PUT, MESSAGE ->
          json.withValue(event, RowTree.write(projection.of(event.as(shown).tree())));
      case DELETE -> json.encode(event);
    };
  }

  EventWires wires() {
    return wires;
  }

  @Override
  public String toString() {
    return select.toString();
  }
}
