package dev.lyrebird.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.view.RowView;
import java.util.IdentityHashMap;

/**
 * What is shown of an event's row or message, as a tree, and which conditions it passes. It is
 * parsed once and each condition evaluated once, however many streams ask.
 *
 * <p>Owned by one event loop.
 */
final class ShownValue {

  private final JsonNode tree;
  private final IdentityHashMap<StreamCondition, Boolean> verdicts = new IdentityHashMap<>(4);

  private ShownValue(JsonNode tree) {
    this.tree = tree;
  }

  /** Returns the form by which events keep their value. A row is shown as in a list of rows. */
  static Form<ShownValue> form(Tables tables, PerTable<RowView> views) {
    return event -> {
      Entry entry = event.entry();
      RowView view = views.of(tables.definition(event.table()));
      return switch (entry.type()) {
        case PUT -> new ShownValue(RowTree.read(view.rowObject(EventJson.row(entry))));
        case MESSAGE -> new ShownValue(RowTree.read(view.messageValue(entry.payload())));
        case DELETE -> new ShownValue(MissingNode.getInstance());
      };
    };
  }

  JsonNode tree() {
    return tree;
  }

  /** Tells whether it passes a condition. */
  boolean passes(StreamCondition condition, Event event) {
    Boolean verdict = verdicts.get(condition);
    if (verdict == null) {
      verdict = condition.matcher(event.table()).passes(tree);
      verdicts.put(condition, verdict);
    }
    return verdict;
  }
}
