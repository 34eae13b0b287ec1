package dev.lyrebird.journal;

import org.jspecify.annotations.Nullable;

/**
 * What a client asks of one row or topic. Nothing here depends on the node that carries it out.
 *
 * @param kind what is to happen
 * @param id the row's key, or the message's topic, below the export path of its table
 * @param payload the new row, the attributes to merge, or the message; empty for a delete
 * @param qos the quality of service at which it was published, 0 to 2; 2 where the protocol has no
 *     such notion, so that each MQTT subscription gets its own maximum
 * @param publisher {@link #publisherOf} the MQTT client that sent it, for No Local; 0 for none
 * @param expiresAtMillis when the row or message ends, ms since the epoch; 0 for never
 * @param user who asked, or null where nobody is known
 */
public record Write(
    Kind kind,
    String id,
    Payload payload,
    int qos,
    long publisher,
    long expiresAtMillis,
    @Nullable String user) {

  /** What a write does. */
  public enum Kind {
    /** Replaces the row. */
    PUT,
    /** Merges attributes into the row; the payload is a JSON object. */
    PATCH,
    /** Removes the row. */
    DELETE,
    /** Sends a message to the row's topic and leaves the row alone. */
    MESSAGE
  }

  /** The quality of service of a write that comes from a protocol without one. */
  public static final int ANY_QOS = 2;

  /** Returns the write that replaces a row. */
  public static Write put(String id, Payload payload) {
    return new Write(Kind.PUT, id, payload, ANY_QOS, 0, 0, null);
  }

  /** Returns the write that merges a JSON object into a row. */
  public static Write patch(String id, Payload attributes) {
    return new Write(Kind.PATCH, id, attributes, ANY_QOS, 0, 0, null);
  }

  /** Returns the write that removes a row. */
  public static Write delete(String id) {
    return new Write(Kind.DELETE, id, Payload.EMPTY, ANY_QOS, 0, 0, null);
  }

  /** Returns the write that sends a message. */
  public static Write message(String id, Payload payload) {
    return new Write(Kind.MESSAGE, id, payload, ANY_QOS, 0, 0, null);
  }

  /**
   * Returns the mark of an MQTT client in its writes: a 64-bit FNV-1a hash of the client id. Never
   * 0.
   */
  public static long publisherOf(String clientId) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < clientId.length(); i++) {
      hash = (hash ^ clientId.charAt(i)) * 0x100000001b3L;
    }
    return hash == 0 ? 1 : hash;
  }
}
