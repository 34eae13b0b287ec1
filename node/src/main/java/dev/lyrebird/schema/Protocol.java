package dev.lyrebird.schema;

/** The ways in, each of which {@code @export} can leave out for a table. */
public enum Protocol {
  REST("rest"),
  WEB_SOCKET("ws"),
  SSE("sse"),
  MQTT("mqtt");

  private final String argument;

  Protocol(String argument) {
    this.argument = argument;
  }

  /** The argument of {@code @export} that turns it off. */
  String argument() {
    return argument;
  }
}
