package dev.lyrebird.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a row what a client has selected. An attribute that the row lacks is left out of an
 * object and null elsewhere. Immutable; any thread may use it.
 */
public final class Projection {

  private final Select select;

  /** Takes a selection that has been held against all tables whose rows will come. */
  public Projection(Select select) {
    this.select = select;
  }

  /**
   * Holds a selection against a table.
   *
   * @throws RefusedException where the table has no such attribute
   */
  public static void check(Select select, TableDefinition table) {
    Attributes attributes = new Attributes(table);
    select.items().forEach(attributes::check);
  }

  /**
   * Holds a selection that may reach into joined rows against a table.
   *
   * @param types the tables by the names of their types
   * @throws RefusedException where one of the tables has no such attribute
   */
  public static void check(
      Select select, TableDefinition table, Function<String, TableDefinition> types) {
    Attributes attributes = new Attributes(table);
    select.items().forEach(item -> attributes.check(item, types));
  }

  /** Returns what is selected of a row. The row itself stays as it is. */
  public JsonNode of(JsonNode row) {
    return switch (select) {
      case Select.Value(var item) -> orNull(value(row, item));
      case Select.Attributes(var items) -> object(row, items);
      case Select.Values(var items) -> values(row, items);
    };
  }

  private static ObjectNode object(JsonNode row, List<Select.Item> items) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (Select.Item item : items) {
      JsonNode value = value(row, item);
      if (value != null) {
        object.set(item.name(), value);
      }
    }
    return object;
  }

  private static ArrayNode values(JsonNode row, List<Select.Item> items) {
    ArrayNode values = JsonNodeFactory.instance.arrayNode(items.size());
    items.forEach(item -> values.add(orNull(value(row, item))));
    return values;
  }

  /** Returns the value of an attribute, or null where there is no such attribute. */
  private static @Nullable JsonNode value(JsonNode row, Select.Item item) {
    JsonNode value = row.get(item.name());
    return value == null || item.within() == null ? value : within(value, item.within());
  }

  /** Of a list, each element alike; of what is no object there is nothing to select. */
  private static JsonNode within(JsonNode value, List<Select.Item> items) {
    if (value.isArray()) {
      ArrayNode elements = JsonNodeFactory.instance.arrayNode(value.size());
      value.forEach(element -> elements.add(within(element, items)));
      return elements;
    }
    return value.isObject() ? object(value, items) : NullNode.getInstance();
  }

  private static JsonNode orNull(@Nullable JsonNode value) {
    return value == null ? NullNode.getInstance() : value;
  }
}
