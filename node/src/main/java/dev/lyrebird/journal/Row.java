package dev.lyrebird.journal;

/**
 * A row as clients see it; the retained message of its topic.
 *
 * @param id the key
 * @param version of its latest change
 * @param payload the whole row
 * @param qos at which it was published; see {@link Write#qos}
 * @param expiresAtMillis when it ends, ms since the epoch; 0 for never
 * @param createdMillis when it came into being, ms since the epoch; 0 where the table does not keep
 *     that
 */
public record Row(
    String id,
    Timestamp version,
    Payload payload,
    int qos,
    long expiresAtMillis,
    long createdMillis) {

  /** Tells whether its end has come by a time, ms since the epoch. */
  public boolean hasEnded(long millis) {
    return expiresAtMillis != 0 && expiresAtMillis <= millis;
  }
}
