package dev.lyrebird.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.harness.Weather.Way;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class WeatherTest {

  private final RandomGenerator random = new SplittableRandom(1);

  @Test
  void clearWeatherLetsEverythingPassAtOnce() {
    assertEquals(OptionalLong.of(0), Weather.CLEAR.nanos(new Way(1, 2), random));
  }

  @Test
  void aPartitionCutsBothWaysBetweenItsSidesAndNothingWithinOne() {
    Weather weather = Weather.CLEAR.partitioned(List.of(Set.of(1), Set.of(2, 3)));
    assertEquals(Set.of(new Way(1, 2), new Way(2, 1), new Way(1, 3), new Way(3, 1)), weather.cut());
    assertTrue(weather.nanos(new Way(3, 1), random).isEmpty());
    assertTrue(weather.nanos(new Way(2, 3), random).isPresent());
  }

  @Test
  void aDeafHostStillSpeaks() {
    Weather weather = Weather.CLEAR.deaf(1, 2);
    assertTrue(weather.nanos(new Way(1, 2), random).isEmpty());
    assertTrue(weather.nanos(new Way(2, 1), random).isPresent());
  }

  @Test
  void losesTheShareThatItIsTold() {
    Weather weather = Weather.CLEAR.losing(0.1);
    long lost =
        LongStream.range(0, 10_000)
            .filter(i -> weather.nanos(new Way(1, 2), random).isEmpty())
            .count();
    assertTrue(lost > 800 && lost < 1200, () -> lost + " of 10,000");
  }

  @Test
  void delaysWithinItsBounds() {
    Weather weather = Weather.CLEAR.delaying(Duration.ofMillis(5), Duration.ofMillis(2));
    for (int i = 0; i < 1000; i++) {
      long nanos = weather.nanos(new Way(1, 2), random).orElseThrow();
      assertTrue(nanos >= 5_000_000 && nanos < 7_000_000, () -> nanos + " ns");
    }
  }
}
