package dev.lyrebird.acceptance;

import java.util.regex.Pattern;

/** The JSON of WebSocket and SSE events, byte for byte but for the two stamps. */
final class Events {

  static final String READY = "{\"type\":\"ready\"}";

  private static final Pattern LOCAL_TIME = Pattern.compile("\"localTime\":\\d{13}\\.\\d{1,4}");
  private static final Pattern VERSION = Pattern.compile("\"version\":\\d{13}\\.\\d{1,4}");

  private Events() {}

  static String put(String id, String row) {
    return event(id, "\"value\":" + row + ",", "put");
  }

  static String delete(String id) {
    return event(id, "", "delete");
  }

  static String message(String id, String value) {
    return event(id, "\"value\":" + value + ",", "message");
  }

  /** The event with its stamps hidden, if they are milliseconds with one to four decimals. */
  static String unstamped(String event) {
    String unstamped = LOCAL_TIME.matcher(event).replaceFirst("\"localTime\":0.0");
    return VERSION.matcher(unstamped).replaceFirst("\"version\":0.0");
  }

  private static String event(String id, String value, String type) {
    return "{\"id\":\"%s\",\"localTime\":0.0,%s\"version\":0.0,\"type\":\"%s\"}"
        .formatted(id, value, type);
  }
}
