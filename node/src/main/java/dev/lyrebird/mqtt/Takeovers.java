package dev.lyrebird.mqtt;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which client ids flap: two clients that bear the same one throw each other out without end, and
 * would do so as fast as nodes can. Remembers the last takeovers of the ids that were taken over
 * last, and no more. Pure; part of {@link FlappingIds}.
 */
final class Takeovers {

  private static final int MANY = 5;
  private static final long WITHIN_MILLIS = 10_000;
  private static final int REMEMBERED_IDS = 1024;

  /** The times of the last takeovers of each id, the latest at the end. */
  private final Map<String, long[]> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, long[]> eldest) {
          return size() > REMEMBERED_IDS;
        }
      };

  void note(String clientId, long now) {
    long[] times = recent.computeIfAbsent(clientId, fresh -> longAgo());
    System.arraycopy(times, 1, times, 0, MANY - 1);
    times[MANY - 1] = now;
  }

  /** Tells whether the id was taken over so often of late that its claims are to wait. */
  boolean isFlapping(String clientId, long now) {
    long[] times = recent.get(clientId);
    return times != null && now - times[0] < WITHIN_MILLIS;
  }

  private static long[] longAgo() {
    long[] times = new long[MANY];
    Arrays.fill(times, Long.MIN_VALUE / 2);
    return times;
  }
}
