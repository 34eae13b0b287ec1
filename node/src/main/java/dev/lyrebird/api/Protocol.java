package dev.lyrebird.api;

/** By what a client speaks to a resource. */
public enum Protocol {
  REST,
  WEB_SOCKET,

  /** Server-Sent Events: the client hears, and says nothing. */
  SSE,
  MQTT
}
