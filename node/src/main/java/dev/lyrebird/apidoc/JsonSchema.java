package dev.lyrebird.apidoc;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A JSON Schema of draft 2020-12, which both specifications speak, keyword by keyword. */
final class JsonSchema {

  private static final String TYPE = "type";

  private final ObjectNode keywords = JsonNodeFactory.instance.objectNode();

  private JsonSchema() {}

  /** Any value. */
  static JsonSchema any() {
    return new JsonSchema();
  }

  /** Values of one of some types. */
  static JsonSchema ofType(String first, String... others) {
    JsonSchema schema = new JsonSchema();
    if (others.length == 0) {
      schema.keywords.put(TYPE, first);
    } else {
      ArrayNode types = schema.keywords.putArray(TYPE).add(first);
      for (String other : others) {
        types.add(other);
      }
    }
    return schema;
  }

  static JsonSchema text() {
    return ofType("string");
  }

  static JsonSchema flag() {
    return ofType("boolean");
  }

  static JsonSchema object() {
    return ofType("object");
  }

  static JsonSchema listOf(JsonSchema element) {
    return ofType("array").with("items", element);
  }

  /** A schema among the components of the document. */
  static JsonSchema component(String name) {
    return any().with("$ref", "#/components/schemas/" + name);
  }

  static JsonSchema anyOf(List<JsonSchema> choices) {
    JsonSchema schema = new JsonSchema();
    ArrayNode list = schema.keywords.putArray("anyOf");
    choices.forEach(choice -> list.add(choice.keywords));
    return schema;
  }

  static JsonSchema oneOf(List<String> texts) {
    JsonSchema schema = text();
    ArrayNode values = schema.keywords.putArray("enum");
    texts.forEach(values::add);
    return schema;
  }

  static JsonSchema only(String value) {
    return any().with("const", value);
  }

  /** The same with a description for people; with none where the text is empty. */
  JsonSchema says(String description) {
    return description.isEmpty() ? this : with("description", description);
  }

  /** The same, or null. */
  JsonSchema orNull() {
    JsonNode type = keywords.get(TYPE);
    if (type instanceof ArrayNode types) {
      types.add("null");
    } else if (type != null) {
      keywords.putArray(TYPE).add(type.textValue()).add("null");
    }
    return this;
  }

  JsonSchema readOnly() {
    keywords.put("readOnly", true);
    return this;
  }

  JsonSchema property(String name, JsonSchema schema) {
    keywords.withObjectProperty("properties").set(name, schema.keywords);
    return this;
  }

  JsonSchema required(String name) {
    keywords.withArrayProperty("required").add(name);
    return this;
  }

  /** The same without properties that are not declared. */
  JsonSchema sealed() {
    keywords.put("additionalProperties", false);
    return this;
  }

  JsonSchema with(String keyword, String value) {
    keywords.put(keyword, value);
    return this;
  }

  JsonSchema with(String keyword, long value) {
    keywords.put(keyword, value);
    return this;
  }

  JsonSchema with(String keyword, JsonSchema value) {
    keywords.set(keyword, value.keywords);
    return this;
  }

  @JsonValue
  ObjectNode json() {
    return keywords;
  }
}
