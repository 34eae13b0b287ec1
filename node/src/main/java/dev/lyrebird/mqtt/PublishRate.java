package dev.lyrebird.mqtt;

/**
 * How many publishes one client may send in a second. Beyond, its socket is not read until the
 * second is over: it is slowed down to its rate and loses nothing, as by a slow network. To send it
 * away (DISCONNECT 0x96) would punish a burst with the loss of what was in flight, and have it come
 * back with all of it at once.
 *
 * <p>What one read brought is taken all the same, and is made up for by the following seconds, but
 * by no more than {@link #LONGEST_SECONDS}: longer, and clients take the node for dead. Pure.
 */
final class PublishRate {

  /** Within any sensible keep alive. */
  static final int LONGEST_SECONDS = 10;

  private final int perSecond;
  private int left;

  /**
   * @param perSecond how many
   */
  PublishRate(int perSecond) {
    this.perSecond = perSecond;
    this.left = perSecond;
  }

  /** Counts a publish; tells whether it was the last of its second. */
  boolean isUsedUp() {
    left = Math.max(left - 1, -perSecond * LONGEST_SECONDS);
    return left <= 0;
  }

  /** Lets a second pass; tells whether the client may go on. */
  boolean nextSecond() {
    left = Math.min(left + perSecond, perSecond);
    return left > 0;
  }
}
