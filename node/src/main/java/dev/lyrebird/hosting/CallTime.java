package dev.lyrebird.hosting;

import java.util.function.Supplier;

/**
 * The time of a call of users' code. It stands still while the call waits for a client to take
 * something: how long that may be, whoever sends knows. Any thread may call.
 */
interface CallTime {

  /** Whose call a thread carries out. */
  ScopedValue<CallTime> CALLING = ScopedValue.newInstance();

  /** Has it stand still; tells whether this is the thread of the call: others wait beside it. */
  boolean stop();

  /**
   * Has it go on.
   *
   * @param nanos for which it has stood still
   */
  void goOn(long nanos);

  /** Waits for a client, be it that of the call or another. */
  static <T> T waiting(Supplier<T> wait) {
    if (!CALLING.isBound() || !CALLING.get().stop()) {
      return wait.get();
    }
    long since = System.nanoTime();
    try {
      return wait.get();
    } finally {
      CALLING.get().goOn(System.nanoTime() - since);
    }
  }
}
