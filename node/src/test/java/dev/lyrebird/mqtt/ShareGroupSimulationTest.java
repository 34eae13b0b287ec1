package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Groups whose consumers come, go, lag and die, and whose holders fail; by seeds. */
final class ShareGroupSimulationTest {

  private static final int SEEDS = 200;
  private static final int STEPS = 600;

  private enum Faults {
    NONE,
    CONSUMERS,
    LETTERS,
    HANDOVERS,
    HOLDERS
  }

  @Test
  void everyMessageGoesToExactlyOneConsumer() {
    simulate(Faults.NONE);
  }

  @Test
  void nothingIsLostWithConsumersThatLeaveAndDie() {
    simulate(Faults.CONSUMERS);
  }

  @Test
  void lostLettersLoseNoMessageAndDoubleNone() {
    simulate(Faults.LETTERS);
  }

  @Test
  void nothingIsLostOrDoubledWhenOneHolderHandsOverToAnother() {
    simulate(Faults.HANDOVERS);
  }

  @Test
  void anotherHolderGoesOnWhereOneFailed() {
    simulate(Faults.HOLDERS);
  }

  private static void simulate(Faults faults) {
    for (long seed : seeds()) {
      try {
        run(faults, new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        fail("with -Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static long[] seeds() {
    String chosen = System.getProperty("seed");
    return chosen == null
        ? LongStream.range(0, SEEDS).toArray()
        : new long[] {Long.parseLong(chosen)};
  }

  private static void run(Faults faults, Random random) {
    SimulatedGroup group = new SimulatedGroup(random);
    for (int i = 0; i < 3; i++) {
      group.connect();
    }
    for (int i = 0; i < STEPS; i++) {
      group.step();
      if (faults != Faults.NONE && random.nextInt(20) == 0) {
        group.disturbConsumers();
      }
      if (faults == Faults.HANDOVERS && random.nextInt(30) == 0) {
        group.handOver();
      }
      if (faults == Faults.LETTERS && random.nextInt(10) == 0) {
        group.loseLetter();
      }
      if (faults == Faults.HOLDERS && random.nextInt(60) == 0) {
        group.failHolder();
      }
    }
    group.settle();
    group.messages().forEach(sent -> check(sent, faults));
  }

  private static void check(SimulatedGroup.Fate fate, Faults faults) {
    String about = "message " + fate;
    if (faults == Faults.NONE) {
      assertEquals(1, fate.deliveries(), about);
    }
    if (!fate.mayBeLost()) {
      assertTrue(fate.deliveries() > 0, about + " was lost");
    }
    if (!fate.mayBeTwice()) {
      assertTrue(fate.deliveries() <= 1, about + " came twice");
    }
    assertTrue(fate.clientsAtQos2() <= 1, about + " went to two clients at QoS 2");
  }
}
