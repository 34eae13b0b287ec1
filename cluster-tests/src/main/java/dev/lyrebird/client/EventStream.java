package dev.lyrebird.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Interprets the lines of one event stream as WHATWG HTML §9.2.6 tells browsers to. Pure; fed by
 * one thread.
 */
final class EventStream {

  private final List<String> comments = new ArrayList<>();
  private final StringBuilder data = new StringBuilder();
  private String event = "";
  private String idBuffer = "";
  private String lastEventId;
  private OptionalLong retryMillis = OptionalLong.empty();

  /** A stream that resumes after {@code lastEventId}; empty for one that begins. */
  EventStream(String lastEventId) {
    this.lastEventId = lastEventId;
    this.idBuffer = lastEventId;
  }

  /** Takes one line without its end; returns the event that this line completes. */
  Optional<ServerSentEvent> take(String line) {
    if (line.isEmpty()) {
      return dispatch();
    }
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String rest = colon < 0 ? "" : line.substring(colon + 1);
    String value = rest.startsWith(" ") ? rest.substring(1) : rest;
    switch (field) {
      case "" -> comments.add(value);
      case "event" -> event = value;
      case "data" -> data.append(value).append('\n');
      case "id" -> idBuffer = value.indexOf('\0') < 0 ? value : idBuffer;
      case "retry" ->
          retryMillis =
              value.matches("[0-9]+") ? OptionalLong.of(Long.parseLong(value)) : retryMillis;
      default -> {
        // Unknown fields are ignored by the standard.
      }
    }
    return Optional.empty();
  }

  String lastEventId() {
    return lastEventId;
  }

  OptionalLong retryMillis() {
    return retryMillis;
  }

  List<String> comments() {
    return List.copyOf(comments);
  }

  private Optional<ServerSentEvent> dispatch() {
    lastEventId = idBuffer;
    String type = event.isEmpty() ? "message" : event;
    event = "";
    if (data.isEmpty()) {
      return Optional.empty();
    }
    String text = data.substring(0, data.length() - 1);
    data.setLength(0);
    return Optional.of(new ServerSentEvent(lastEventId, type, text));
  }
}
