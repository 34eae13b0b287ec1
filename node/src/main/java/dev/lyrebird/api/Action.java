package dev.lyrebird.api;

/** What a client wants of a resource; {@link Resource#allows} decides about it. */
public enum Action {

  /** A GET. */
  READ,

  /** A POST. */
  INSERT,

  /** A PUT or PATCH, or an MQTT message to be retained. */
  UPDATE,

  /** A DELETE, or an empty MQTT message to be retained. */
  DELETE,

  /** A message, on a connection to the resource or on none. */
  PUBLISH,

  /** A connection: a WebSocket, an event stream or an MQTT subscription. */
  SUBSCRIBE
}
