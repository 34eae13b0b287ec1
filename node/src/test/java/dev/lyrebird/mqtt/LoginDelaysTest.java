package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoginDelaysTest {

  private long now = 1_795_219_619_331L;
  private final LoginDelays delays = new LoginDelays(() -> Instant.ofEpochMilli(now));

  @Test
  void firstLoginWaitsForNothing() {
    assertEquals(0, delays.begin("here", "anna"));
    assertEquals(0, delays.begin("here", "anna"));
  }

  @Test
  void eachFailureDoublesTheDelayUpToALimit() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      delays.failed("here", "anna");
      long wait = delays.begin("here", "anna");
      waits.add(wait);
      now += 20_000;
    }
    assertEquals(List.of(200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L), waits);
  }

  @Test
  void loginsAtTheSameTimeWaitForOneAnotherOrAreNotTried() {
    delays.failed("here", "anna");
    delays.failed("here", "anna");
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      waits.add(delays.begin("here", "anna"));
    }
    assertEquals(400L, waits.getFirst());
    assertEquals(800L, waits.get(1));
    assertEquals(LoginDelays.TOO_LONG, waits.getLast());
  }

  @Test
  void othersDoNotWait() {
    delays.failed("here", "anna");
    assertEquals(0, delays.begin("here", "bob"));
    assertEquals(0, delays.begin("there", "anna"));
  }

  @Test
  void successAndTimeMakeItForgotten() {
    delays.failed("here", "anna");
    delays.succeeded("here", "anna");
    assertEquals(0, delays.begin("here", "anna"));
    delays.failed("here", "bob");
    now += 61_000;
    assertEquals(0, delays.begin("here", "bob"));
  }

  @Test
  void inventedNamesPushOutTheOldest() {
    delays.failed("here", "anna");
    for (int i = 0; i < 10_000; i++) {
      delays.failed("here", "x" + i);
    }
    assertEquals(0, delays.begin("here", "anna"));
    assertEquals(200, delays.begin("here", "x9999"));
  }
}
