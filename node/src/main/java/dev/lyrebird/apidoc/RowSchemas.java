package dev.lyrebird.apidoc;

import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.AttributeType;
import dev.lyrebird.schema.KeyType;
import dev.lyrebird.schema.ListType;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schemas of the rows of one table: as they are shown, as they are written, as they are
 * merged. No name of a type holds a hyphen, so that the names given here are nobody else's.
 */
final class RowSchemas {

  private static final String WRITTEN = "-written";
  private static final String PATCH = "-patch";

  private final TableDefinition table;

  RowSchemas(TableDefinition table) {
    this.table = table;
  }

  /** A structured row as clients see it. */
  JsonSchema shown() {
    return JsonSchema.component(table.typeName());
  }

  /** A structured row as clients write it. */
  JsonSchema written() {
    return JsonSchema.component(table.typeName() + WRITTEN);
  }

  /** What is merged into a row. */
  JsonSchema patch() {
    return JsonSchema.component(table.typeName() + PATCH);
  }

  /** The id of a row, in a path or in JSON. */
  JsonSchema id() {
    return key(table.key().type());
  }

  /** One of the attributes by itself, whichever; a row shows none that is joined. */
  JsonSchema attribute() {
    return JsonSchema.anyOf(
        table.attributes().stream()
            .filter(attribute -> !attribute.isRelationship())
            .map(attribute -> isKey(attribute) ? id() : value(attribute))
            .toList());
  }

  /** Adds the schemas themselves to the components of a document. */
  void addTo(Map<String, JsonSchema> components) {
    components.put(table.typeName(), shownRow());
    components.put(table.typeName() + WRITTEN, writtenRow());
    components.put(table.typeName() + PATCH, patchOfRow());
  }

  private JsonSchema shownRow() {
    JsonSchema row = JsonSchema.object().says(table.description());
    for (Attribute attribute : table.attributes()) {
      if (isKey(attribute)) {
        row.property(attribute.name(), id().says(attribute.description()));
      } else if (!attribute.isRelationship()) {
        row.property(attribute.name(), value(attribute));
      }
      if (attribute.required()) {
        row.required(attribute.name());
      }
    }
    return table.isSealed() ? row.sealed() : row;
  }

  private JsonSchema writtenRow() {
    JsonSchema row = JsonSchema.object().says(table.description());
    for (Attribute attribute : table.attributes()) {
      if (isKey(attribute)) {
        row.property(attribute.name(), ignored("The id in the path wins."));
      } else if (!attribute.isRelationship()) {
        row.property(attribute.name(), input(attribute, value(attribute)));
        if (attribute.required() && !attribute.isStamped()) {
          row.required(attribute.name());
        }
      }
    }
    return table.isSealed() ? row.sealed() : row;
  }

  private JsonSchema patchOfRow() {
    JsonSchema patch =
        JsonSchema.object().says("Attributes to set; those that are not named stay as they are.");
    for (Attribute attribute : table.attributes()) {
      if (isKey(attribute)) {
        patch.property(attribute.name(), ignored("The id in the path wins."));
      } else if (!attribute.isRelationship()) {
        patch.property(attribute.name(), input(attribute, merged(attribute)));
      }
    }
    return table.isSealed() ? patch.sealed() : patch;
  }

  private static JsonSchema input(Attribute attribute, JsonSchema schema) {
    return attribute.isStamped() ? ignored("The table writes the time here itself.") : schema;
  }

  private static JsonSchema ignored(String why) {
    return JsonSchema.any().says(why).readOnly();
  }

  private static JsonSchema merged(Attribute attribute) {
    return isNumeric(attribute.type())
        ? JsonSchema.anyOf(List.of(value(attribute), JsonSchema.component(CommonSchemas.ADDITION)))
        : value(attribute);
  }

  private static boolean isNumeric(AttributeType type) {
    return switch (type) {
      case ScalarType scalar -> scalar.isNumeric();
      case ListType list -> false;
      case RelatedType related -> false;
    };
  }

  private static boolean isKey(Attribute attribute) {
    return attribute.is(Mark.PRIMARY_KEY);
  }

  private static JsonSchema key(KeyType type) {
    return switch (type) {
      case ID, STRING -> JsonSchema.text().with("minLength", 1);
      case INT -> scalar(ScalarType.INT);
      case LONG -> scalar(ScalarType.LONG);
    };
  }

  private static JsonSchema value(Attribute attribute) {
    JsonSchema schema = attribute.required() ? of(attribute.type()) : of(attribute.type()).orNull();
    String says =
        attribute.description().isEmpty() && attribute.type() instanceof ScalarType scalar
            ? scalar.expectation()
            : attribute.description();
    return attribute.isStamped() ? schema.says(says).readOnly() : schema.says(says);
  }

  private static JsonSchema of(AttributeType type) {
    return switch (type) {
      case ScalarType scalar -> scalar(scalar);
      case ListType list -> {
        JsonSchema element = of(list.element());
        yield JsonSchema.listOf(list.elementRequired() ? element : element.orNull());
      }
      case RelatedType related ->
          throw new IllegalArgumentException("a row shows nothing that is joined");
    };
  }

  private static JsonSchema scalar(ScalarType type) {
    return switch (type) {
      case ID -> JsonSchema.ofType("string", "integer");
      case STRING -> JsonSchema.text();
      case INT -> JsonSchema.ofType("integer").with("format", "int32");
      case LONG -> JsonSchema.ofType("integer").with("format", "int64");
      case FLOAT -> JsonSchema.ofType("number").with("format", "double");
      case BOOLEAN -> JsonSchema.flag();
      case DATE -> JsonSchema.ofType("string", "number");
      case BYTES -> JsonSchema.text().with("contentEncoding", "base64");
      case BIG_INT -> JsonSchema.ofType("integer", "string").with("pattern", "^-?[0-9]+$");
      case ANY -> JsonSchema.any();
    };
  }
}
