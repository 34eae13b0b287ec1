package dev.lyrebird.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What becomes of packets on a {@link Network} at one time: which ways between hosts are cut, how
 * many packets are lost and how long the others take. Pure. Hosts count from 1.
 *
 * @param cut the ways that nothing passes
 * @param loss the share of packets lost on every other way, from 0 to 1
 * @param delay how long a packet takes
 * @param jitter what it may take longer: packets overtake one another
 */
public record Weather(Set<Way> cut, double loss, Duration delay, Duration jitter) {

  /** Everything passes at once. */
  public static final Weather CLEAR = new Weather(Set.of(), 0, Duration.ZERO, Duration.ZERO);

  /** From one host to another; the way back is another way. */
  public record Way(int from, int to) {}

  public Weather {
    cut = Set.copyOf(cut);
    if (loss < 0 || loss > 1) {
      throw new IllegalArgumentException("loss is " + loss + ", but must be from 0 to 1");
    }
  }

  /** The same, with nothing passing between hosts of different {@code sides}. */
  public Weather partitioned(List<Set<Integer>> sides) {
    List<Way> ways = new ArrayList<>(cut);
    for (Set<Integer> side : sides) {
      for (Set<Integer> other : sides) {
        if (!side.equals(other)) {
          side.forEach(from -> other.forEach(to -> ways.add(new Way(from, to))));
        }
      }
    }
    return new Weather(Set.copyOf(ways), loss, delay, jitter);
  }

  /** The same, with nothing passing from {@code from} to {@code to}; the way back stays open. */
  public Weather deaf(int from, int to) {
    List<Way> ways = new ArrayList<>(cut);
    ways.add(new Way(from, to));
    return new Weather(Set.copyOf(ways), loss, delay, jitter);
  }

  public Weather losing(double share) {
    return new Weather(cut, share, delay, jitter);
  }

  public Weather delaying(Duration least, Duration more) {
    return new Weather(cut, loss, least, more);
  }

  /** The nanoseconds that a packet takes on {@code way}; empty if it never comes. */
  OptionalLong nanos(Way way, RandomGenerator random) {
    if (cut.contains(way) || (loss > 0 && random.nextDouble() < loss)) {
      return OptionalLong.empty();
    }
    long most = jitter.toNanos();
    return OptionalLong.of(delay.toNanos() + (most == 0 ? 0 : random.nextLong(most)));
  }
}
