package dev.lyrebird.hosting;

import java.lang.ref.Cleaner;

/** Ends what users' code has forgotten to close, once it is garbage. */
final class Forgotten {

  private static final Cleaner CLEANER = Cleaner.create();

  private Forgotten() {}

  /**
   * Returns what ends something, once.
   *
   * @param held what users' code holds
   * @param end what is to happen then; does not hold it
   */
  static Cleaner.Cleanable endOf(Object held, Runnable end) {
    return CLEANER.register(held, end);
  }
}
