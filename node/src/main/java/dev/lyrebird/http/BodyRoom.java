package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the content of requests may take while it is gathered and carried out. One for a
 * node, shared by the event loops of its HTTP door; any thread may call it.
 */
public final class BodyRoom {

  /** What is carried out has copies of its own: rows, and what the journal makes of them. */
  private static final int SHARE_OF_HEAP = 8;

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param most bytes
   */
  public BodyRoom(long most) {
    this.most = most;
  }

  /**
   * Returns the room that is configured.
   *
   * @param most bytes; 0 for an eighth of the heap, but no less than one content may have
   * @param maxBodyBytes the most that one content may have
   */
  public static BodyRoom of(long most, int maxBodyBytes) {
    long share = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP;
    return new BodyRoom(most > 0 ? most : Math.max(share, maxBodyBytes));
  }

  /**
   * Takes some of the room; whoever does gives it back.
   *
   * @throws RefusedException where there is not so much left; then nothing is taken
   */
  void take(long bytes) {
    long now;
    do {
      now = taken.get();
      if (now + bytes > most) {
        throw new RefusedException(
            Refusal.of(
                Refusal.Reason.OVERLOADED,
                "requests under way fill the %d bytes that http.maxBodiesBytes leaves to content"
                    .formatted(most)));
      }
    } while (!taken.compareAndSet(now, now + bytes));
  }

  /** Gives back what was taken. */
  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** Returns how many bytes are taken now. */
  public long taken() {
    return taken.get();
  }
}
