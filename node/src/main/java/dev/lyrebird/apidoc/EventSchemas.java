package dev.lyrebird.apidoc;

import java.util.List;

/** The JSON Schemas of what streams tell and take. */
final class EventSchemas {

  private EventSchemas() {}

  /** What a row is, or becomes. */
  static JsonSchema put(JsonSchema id, JsonSchema value) {
    return event(id, List.of("put")).property("value", value).required("value");
  }

  static JsonSchema delete(JsonSchema id) {
    return event(id, List.of("delete"));
  }

  static JsonSchema message(JsonSchema id) {
    return event(id, List.of("message"))
        .property("value", JsonSchema.any().says("What was sent."))
        .required("value");
  }

  /**
   * An entry of a journal.
   *
   * @param types that it may have
   */
  static JsonSchema entry(JsonSchema id, List<String> types) {
    return event(id, types)
        .property("value", JsonSchema.any().says("The whole row, or what was sent."));
  }

  private static JsonSchema event(JsonSchema id, List<String> types) {
    return JsonSchema.object()
        .property("id", id)
        .property("localTime", millis("When this node applied the change."))
        .property("version", millis("The version of the row."))
        .property("type", JsonSchema.oneOf(types))
        .property("cursor", JsonSchema.text().says("Leads on behind this event, at any node."))
        .required("id")
        .required("localTime")
        .required("version")
        .required("type");
  }

  /** That the client has had all there was. */
  static JsonSchema ready() {
    return notice("ready");
  }

  /** That the journal no longer has what the client missed. */
  static JsonSchema reset() {
    return notice("reset").property("reason", JsonSchema.text()).required("reason");
  }

  /** That a frame of the client was not taken. */
  static JsonSchema error() {
    return notice("error")
        .property("status", JsonSchema.ofType("integer"))
        .property("title", JsonSchema.text())
        .property("detail", JsonSchema.text())
        .property("errors", CommonSchemas.faults())
        .required("status")
        .required("title")
        .required("detail");
  }

  /** What a client sends where a frame names its row. */
  static JsonSchema frame(JsonSchema id, JsonSchema value) {
    return JsonSchema.object()
        .property("id", id)
        .property("value", value)
        .property(
            "type",
            JsonSchema.oneOf(List.of("message", "put", "patch", "delete"))
                .says("A message where it is left out; a delete has no value."))
        .required("id")
        .sealed();
  }

  private static JsonSchema notice(String type) {
    return JsonSchema.object().property("type", JsonSchema.only(type)).required("type");
  }

  private static JsonSchema millis(String description) {
    return JsonSchema.ofType("number")
        .with("format", "double")
        .says(description + " In milliseconds since 1970, with a fraction.");
  }
}
