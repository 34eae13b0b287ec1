package dev.lyrebird.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message to or from a client: text or bytes, and for event streams what else an event has.
 * Immutable, but for {@link #bytes}, which is not copied. One message may be sent to any number of
 * connections; its bytes are made once.
 */
public final class Message {

  private static final String TEXT = "text/plain";
  private static final String JSON = "application/json";
  private static final String BINARY = "application/octet-stream";

  private final byte[] bytes;
  private final String contentType;
  private final boolean isText;
  private final @Nullable String event;
  private final @Nullable String id;
  private final @Nullable Duration retry;

  private Message(
      byte[] bytes,
      String contentType,
      boolean isText,
      @Nullable String event,
      @Nullable String id,
      @Nullable Duration retry) {
    this.bytes = bytes;
    this.contentType = contentType;
    this.isText = isText;
    this.event = event;
    this.id = id;
    this.retry = retry;
  }

  /** Returns a text message: a text frame, the lines of an event. */
  public static Message text(String text) {
    return new Message(text.getBytes(StandardCharsets.UTF_8), TEXT, true, null, null, null);
  }

  /** Returns a binary message: a binary frame. In an event, which is text, it stands in Base64. */
  public static Message binary(byte[] bytes) {
    return new Message(bytes, BINARY, false, null, null, null);
  }

  /**
   * Returns a text message that holds an object as JSON, by Jackson: a record, a map, a list, null.
   *
   * @throws IllegalArgumentException where Jackson cannot write it
   */
  public static Message json(@Nullable Object value) {
    byte[] json = value == null ? new byte[] {'n', 'u', 'l', 'l'} : Json.write(value);
    return new Message(json, JSON, true, null, null, null);
  }

  /**
   * Returns a message as it came.
   *
   * @param contentType its media type
   * @param isText whether the bytes are text in UTF-8
   */
  public static Message of(byte[] bytes, String contentType, boolean isText) {
    return new Message(bytes, contentType, isText, null, null, null);
  }

  /**
   * Returns what is meant by sending an object: itself, text, bytes, or else JSON. A row is its
   * content; {@link Rows} are taken and closed, and are an array; a change is what a stream tells,
   * with its cursor as its id. Where messages, rows and changes stand within another object, they
   * are written so too: JSON as it is, text as a string, bytes in Base64.
   *
   * @throws IllegalArgumentException where Jackson cannot write it: an object without attributes, a
   *     getter that fails, {@link Changes}, which do not end
   * @throws ProblemException 400 for rows that are more than 16 MiB; what a getter throws of that
   *     kind
   */
  public static Message of(@Nullable Object value) {
    return switch (value) {
      case Message message -> message;
      case CharSequence text -> text(text.toString());
      case byte[] bytes -> binary(bytes);
      case Row row -> row.content();
      case Rows<?> rows -> ShownAsJson.list(rows);
      case Change change -> {
        Message told = json(change);
        yield change.cursor() == null ? told : told.withId(change.cursor());
      }
      case null, default -> json(value);
    };
  }

  /** Returns the same with the type of an event: what {@code addEventListener} names. */
  public Message withEvent(String type) {
    return new Message(bytes, contentType, isText, line("event", type), id, retry);
  }

  /** Returns the same with the id of an event, which a client shows when it comes back. */
  public Message withId(String value) {
    return new Message(bytes, contentType, isText, event, line("id", value), retry);
  }

  /** Returns the same with how long a client waits before it comes back. */
  public Message withRetry(Duration wait) {
    return new Message(bytes, contentType, isText, event, id, wait);
  }

  /** Returns the bytes; of text, in UTF-8. They are not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns the bytes, read as UTF-8. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Returns the object that the JSON of this message is, by Jackson. It holds no attribute that the
   * type does not know, and each that is a primitive of a record ({@code int}, {@code boolean}):
   * what may be missing is an {@code Integer}, and then null. Nothing stands behind the object.
   *
   * @throws ProblemException 400, which names the attribute at fault, where it is none of that
   *     type; or what the constructor of the type throws of that kind
   */
  public <T> T as(Class<T> type) {
    return Json.read(bytes, type);
  }

  /** Tells whether it is text, and not bytes. */
  public boolean isText() {
    return isText;
  }

  /** Returns the media type. */
  public String contentType() {
    return contentType;
  }

  /** Returns the type of the event; null for the one that a browser hands to {@code onmessage}. */
  public @Nullable String event() {
    return event;
  }

  /** Returns the id of the event, or null. */
  public @Nullable String id() {
    return id;
  }

  /** Returns how long a client waits before it comes back, or null. */
  public @Nullable Duration retry() {
    return retry;
  }

  /** Shows text, and of bytes how many there are. */
  @Override
  public String toString() {
    return isText ? text() : bytes.length + " bytes";
  }

  private static String line(String field, String value) {
    if (Objects.requireNonNull(value).chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
      throw new IllegalArgumentException(
          "the field %s of an event is one line, and this has several".formatted(field));
    }
    return value;
  }
}
