package dev.lyrebird.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A table's definition as clients see it, in JSON. */
public final class TableDescription {

  private TableDescription() {}

  /**
   * <pre>{@code
   * {"name": "Sensors", "database": "data", "table": "Sensors", "path": "Sensors",
   *  "primaryKey": "id", "sealed": false,
   *  "attributes": [{"name": "id", "type": "ID", "required": true, "primaryKey": true}, ...]}
   * }</pre>
   *
   * The flags of an attribute stand there only where they hold, {@code path} only if the table is
   * exported, {@code description} behind a name only where the schema has one. Whoever has the
   * counts of rows adds them.
   */
  public static ObjectNode of(TableDefinition definition) {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("name", definition.typeName());
    putText(description, definition.description());
    description.put("database", definition.database());
    description.put("table", definition.table());
    Export export = definition.export();
    if (export != null) {
      description.put("path", export.path());
    }
    description.put("primaryKey", definition.key().attribute());
    description.put("sealed", definition.isSealed());
    ArrayNode attributes = description.putArray("attributes");
    definition.attributes().forEach(attribute -> attributes.add(of(attribute)));
    return description;
  }

  private static void putText(ObjectNode description, String text) {
    if (!text.isEmpty()) {
      description.put("description", text);
    }
  }

  private static ObjectNode of(Attribute attribute) {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("name", attribute.name());
    putText(description, attribute.description());
    description.put("type", attribute.type().sdl());
    if (attribute.required()) {
      description.put("required", true);
    }
    for (Mark mark : Mark.values()) {
      if (attribute.is(mark)) {
        description.put(mark.directive(), true);
      }
    }
    if (attribute.type() instanceof RelatedType related) {
      String side =
          switch (related.side()) {
            case FROM -> "from";
            case TO -> "to";
          };
      description.putObject("relationship").put(side, related.attribute());
    }
    return description;
  }
}
