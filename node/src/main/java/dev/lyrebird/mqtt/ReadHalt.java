package dev.lyrebird.mqtt;

/** Why a connection is not read for now. It is read again when no reason is left. */
enum ReadHalt {
  /** Whether its client is let in is not decided yet. */
  LETTING_IN,
  /** Too many of its writes are on their way to tables. */
  WRITES,
  /** A resource has too much before it of what the client has told it. */
  RESOURCE,
  /** It has published all that it may in this second. */
  RATE
}
