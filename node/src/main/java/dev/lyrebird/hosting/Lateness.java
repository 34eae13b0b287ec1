package dev.lyrebird.hosting;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How it stands with code whose time is limited, look by look. Most code ends when it is
 * interrupted, if not at once: only what goes on until the next look counts as overdue.
 *
 * <pre>
 *   NONE --- its time is up ---> INTERRUPTED --- it goes on ---> OVERDUE
 *     ^                               |                             |
 *     +----------- it ends -----------+-----------------------------+
 * </pre>
 */
enum Lateness {
  NONE,
  INTERRUPTED,
  OVERDUE;

  /**
   * Returns how it stands at the next look, the code going on.
   *
   * @param isLate whether its time is up
   * @param overdue counts what is overdue
   */
  Lateness next(boolean isLate, AtomicInteger overdue) {
    return switch (this) {
      case NONE -> isLate ? INTERRUPTED : NONE;
      case INTERRUPTED -> {
        overdue.incrementAndGet();
        yield OVERDUE;
      }
      case OVERDUE -> OVERDUE;
    };
  }

  /** The code has ended. */
  Lateness ended(AtomicInteger overdue) {
    if (this == OVERDUE) {
      overdue.decrementAndGet();
    }
    return NONE;
  }
}
