package dev.lyrebird.mqtt;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Slows down who guesses passwords. Logins of one user from one address that have failed make the
 * next wait: 200 ms after the first, twice as long after each further one, and those that come at
 * the same time wait for one another. A login elsewhere, or as another user, waits for nothing.
 *
 * <p>One for the whole node; any thread may call.
 */
final class LoginDelays {

  private static final long FIRST_MILLIS = 200;
  private static final long LONGEST_MILLIS = 5000;

  /** So many failures make the longest delay. */
  private static final int MOST_FAILURES = 6;

  /** What happened longer ago counts for nothing. */
  private static final long MEMORY_MILLIS = 60_000;

  /** Beyond, what happened longest ago is forgotten, so that inventing names fills no memory. */
  private static final int MOST_KEYS = 10_000;

  /** Stands for a login that is not to be tried at all. */
  static final long TOO_LONG = -1;

  private final InstantSource clock;

  /** Guarded by this. */
  private final SequencedMap<Key, Failures> failures = new LinkedHashMap<>(16, 0.75f, true);

  private record Key(String address, String user) {}

  /**
   * @param count at most {@link #MOST_FAILURES}
   * @param next when the next login may be tried, in ms since the epoch
   */
  private record Failures(int count, long next) {

    long delay() {
      return Math.min(FIRST_MILLIS << (count - 1), LONGEST_MILLIS);
    }
  }

  LoginDelays(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns for how many milliseconds a login has to wait, or {@link #TOO_LONG}. */
  synchronized long begin(String address, String user) {
    Key key = new Key(address, user);
    Failures before = recent(key);
    if (before == null) {
      return 0;
    }
    long now = clock.millis();
    long turn = Math.max(now, before.next);
    if (turn - now > LONGEST_MILLIS) {
      return TOO_LONG;
    }
    failures.put(key, new Failures(before.count, turn + before.delay()));
    return turn - now;
  }

  /** Notes that a login has failed. */
  synchronized void failed(String address, String user) {
    Key key = new Key(address, user);
    Failures before = recent(key);
    int count = before == null ? 1 : Math.min(before.count + 1, MOST_FAILURES);
    long next = before == null ? 0 : before.next;
    Failures after = new Failures(count, 0);
    failures.put(key, new Failures(count, Math.max(next, clock.millis() + after.delay())));
    if (failures.size() > MOST_KEYS) {
      failures.pollFirstEntry();
    }
  }

  /** Notes that a login has succeeded: who knows the password had mistyped it before. */
  synchronized void succeeded(String address, String user) {
    failures.remove(new Key(address, user));
  }

  private @Nullable Failures recent(Key key) {
    Failures found = failures.get(key);
    if (found != null && clock.millis() - found.next > MEMORY_MILLIS) {
      failures.remove(key);
      return null;
    }
    return found;
  }
}
