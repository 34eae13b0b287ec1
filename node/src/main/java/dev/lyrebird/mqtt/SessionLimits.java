package dev.lyrebird.mqtt;

/**
 * What a session may keep for a client that is away. Each is 0 for no limit.
 *
 * @param maxExpirySeconds how long it may be away; who asks for more is told so
 * @param maxQueuedMessages messages that it is sent when it is back; later ones are dropped
 * @param maxQueuedBytes likewise in bytes of payload
 * @param maxQueuedSeconds how old they may be
 */
public record SessionLimits(
    long maxExpirySeconds, long maxQueuedMessages, long maxQueuedBytes, long maxQueuedSeconds) {

  /** Keeps everything for as long as the client asks. */
  public static final SessionLimits NONE = new SessionLimits(0, 0, 0, 0);

  /** Returns how long a session is kept whose client asks for that long, in seconds. */
  long granted(long expirySeconds) {
    return maxExpirySeconds == 0 ? expirySeconds : Math.min(expirySeconds, maxExpirySeconds);
  }
}
