package dev.lyrebird.http;

import java.time.InstantSource;

/** The {@code Date} of answers (RFC 9110 §6.6.1), spelt once a second. Owned by one event loop. */
final class DateField {

  private static final int MILLIS_PER_SECOND = 1000;

  private final InstantSource clock;
  private long second = Long.MIN_VALUE;
  private String text = "";

  DateField(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns the time of this second. */
  String now() {
    long now = clock.millis() / MILLIS_PER_SECOND;
    if (now != second) {
      second = now;
      text = HttpDate.format(now * MILLIS_PER_SECOND);
    }
    return text;
  }
}
