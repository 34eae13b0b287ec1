package dev.lyrebird.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Locale;

/**
 * How what the node hands to users' code is written amid objects of their own: as what it holds,
 * and not as what its accessors are named. A message is its JSON, its text, or its bytes in Base64;
 * a row is its content; a change is what a stream tells.
 */
final class ShownAsJson {

  private ShownAsJson() {}

  /** Writes a value. */
  @FunctionalInterface
  private interface Writing<T> {
    void write(T value, JsonGenerator out) throws IOException;
  }

  /** Stateless. */
  private static final class Shown<T> extends JsonSerializer<T> {

    private final Writing<T> writing;

    Shown(Writing<T> writing) {
      this.writing = writing;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      writing.write(value, out);
    }
  }

  static SimpleModule module() {
    return new SimpleModule()
        .addSerializer(Message.class, new Shown<>(ShownAsJson::message))
        .addSerializer(Row.class, new Shown<>((row, out) -> message(row.content(), out)))
        .addSerializer(Change.class, new Shown<>(ShownAsJson::change))
        .addSerializer(Rows.class, new Shown<>((rows, out) -> out.writeRawValue(list(rows).text())))
        .addSerializer(
            Changes.class,
            new Shown<>((changes, out) -> {
              changes.close();
              throw new IllegalArgumentException(
                  "changes do not end, so they are no value; send each of them");
            }));
  }

  private static void message(Message message, JsonGenerator out) throws IOException {
    if (isJson(message)) {
      // What is no whole JSON value would become part of what stands around it.
      if (!Json.isJson(message.bytes())) {
        throw new ProblemException(400, "a message is said to be JSON, and is none");
      }
      out.writeRawValue(message.text());
    } else if (message.isText()) {
      out.writeString(message.text());
    } else {
      out.writeBinary(message.bytes());
    }
  }

  /** As {@link Change#of} reads it. */
  private static void change(Change change, JsonGenerator out) throws IOException {
    out.writeStartObject();
    if (!change.id().isEmpty()) {
      out.writeStringField("id", change.id());
    }
    if (change.value() != null) {
      out.writeFieldName("value");
      message(change.value(), out);
    }
    out.writeStringField("type", change.kind().name().toLowerCase(Locale.ROOT));
    if (change.cursor() != null) {
      out.writeStringField("cursor", change.cursor());
    }
    out.writeEndObject();
  }

  /**
   * Takes rows, and closes them.
   *
   * @throws ProblemException 400 where their list is longer than {@link ListText#MOST_BYTES}
   */
  static Message list(Rows<?> rows) {
    ListText list = new ListText(ListText.MOST_BYTES);
    try (rows) {
      for (Object each : rows) {
        // The node's own rows have been JSON all the way.
        boolean isShown = each instanceof Row row && isJson(row.content());
        list.add(isShown ? Message.of(each) : Message.json(each));
      }
    }
    return list.message();
  }

  private static boolean isJson(Message message) {
    String type = message.contentType();
    int end = type.indexOf(';');
    String name = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return name.equals("application/json") || name.endsWith("+json");
  }
}
