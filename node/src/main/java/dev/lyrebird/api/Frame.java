package dev.lyrebird.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends where a message names its row: {@code {"id": ..., "value": ..., "type":
 * "message"|"put"|"patch"|"delete"}}.
 *
 * @param kind what is to happen; a message where the frame does not say
 * @param id of the row
 * @param value null for a delete
 */
record Frame(Kind kind, String id, @Nullable Message value) {

  private static final Set<String> MEMBERS = Set.of("id", "value", "type");

  /** What can be asked for. */
  enum Kind {
    MESSAGE(Action.PUBLISH),
    PUT(Action.UPDATE),
    PATCH(Action.UPDATE),
    DELETE(Action.DELETE);

    private final Action action;

    Kind(Action action) {
      this.action = action;
    }
  }

  /**
   * Reads a frame.
   *
   * @throws ProblemException 400 where it is none
   */
  static Frame of(Message message) {
    JsonNode json = Json.tree(message.bytes());
    JsonNode id = json.get("id");
    if (!json.isObject() || id == null || !(id.isTextual() || id.isIntegralNumber())) {
      throw refused("a message here is an object with id, value and type");
    }
    Set<String> unknown = new TreeSet<>();
    json.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(MEMBERS);
    if (!unknown.isEmpty()) {
      throw refused("a message here has id, value and type, but no " + unknown);
    }
    Kind kind = kind(json.path("type").asText("message"));
    JsonNode value = json.get("value");
    if ((kind == Kind.DELETE) != (value == null)) {
      throw refused(kind == Kind.DELETE ? "a delete has no value" : "the message lacks a value");
    }
    return new Frame(kind, id.asText(), value == null ? null : Message.json(value));
  }

  private static Kind kind(String type) {
    for (Kind kind : Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(type)) {
        return kind;
      }
    }
    throw refused("the type of a message is message, put, patch or delete");
  }

  /**
   * Has a resource do it, as if it had been asked at the path of that row.
   *
   * @param prefix what the ids begin with that the client may name
   */
  void carryOut(TableResource resource, String prefix, Context context) throws Exception {
    Context ofRow = new RowContext(context, prefix, id);
    String meant = resource.id(ofRow);
    if (meant.isEmpty() || meant.endsWith("/") || !meant.startsWith(prefix)) {
      throw refused("the id %s is not among those of this path".formatted(id));
    }
    Conversation.check(resource, kind.action, ofRow);
    Message content = value == null ? Message.text("") : value;
    switch (kind) {
      case MESSAGE -> resource.publish(content, ofRow);
      case PUT -> resource.put(content, ofRow);
      case PATCH -> resource.patch(content, ofRow);
      case DELETE -> resource.delete(ofRow);
    }
  }

  private static ProblemException refused(String detail) {
    return new ProblemException(400, detail);
  }
}
