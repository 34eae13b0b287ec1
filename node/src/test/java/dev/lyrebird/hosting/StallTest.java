package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class StallTest {

  private final Stall stall = new Stall();

  @Test
  void wireWithoutRoomIsNoStallWhileLittleWaits() {
    stall.look(true, 10);
    assertEquals(0, stall.nanos(1000));
    stall.begin(1000);
    stall.begin(1005);
    assertEquals(7, stall.nanos(1007));
  }

  @Test
  void wireThatIsNotLookedAtIsNoStall() {
    stall.begin(0);
    assertEquals(0, stall.nanos(1000));
    stall.look(true, 1000);
    assertEquals(5, stall.nanos(1005));
  }

  @Test
  void timesAddUpUntilHalfIsGone() {
    stall.begin(0);
    stall.look(true, 10);
    stall.look(true, 15);
    stall.look(false, 20);
    assertEquals(10, stall.nanos(50));
    stall.look(true, 50);
    assertEquals(13, stall.nanos(53));
    stall.look(false, 60);
    stall.end();
    assertEquals(0, stall.nanos(100));
    stall.begin(100);
    assertEquals(0, stall.nanos(200));
  }
}
