package dev.lyrebird.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The laws of a join semilattice, and each vector against a plain map of origins to times. */
final class VersionVectorTest {
  private static final int ROUNDS = 5_000;
  private static final int ORIGINS = 5;
  private static final int TIMES = 6;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void joinIsCommutativeAssociativeAndIdempotent() {
    always(a -> {
      VersionVector b = vector();
      VersionVector c = vector();
      assertEquals(a.join(b), b.join(a));
      assertEquals(a.join(b).hashCode(), b.join(a).hashCode());
      assertEquals(a.join(b).join(c), a.join(b.join(c)));
      assertEquals(a, a.join(a));
      assertEquals(a, a.join(VersionVector.EMPTY));
    });
  }

  @Test
  void coversIsTheOrderOfTheJoin() {
    always(a -> {
      VersionVector b = vector();
      assertEquals(a.covers(b), a.join(b).equals(a));
      assertEquals(a.covers(b) && b.covers(a), a.equals(b));
      assertTrue(a.join(b).covers(a) && a.join(b).covers(b));
    });
  }

  @Test
  void joinCoversNothingThatNeitherCovers() {
    always(a -> {
      VersionVector b = vector();
      Timestamp timestamp = timestamp();
      assertEquals(a.covers(timestamp) || b.covers(timestamp), a.join(b).covers(timestamp));
    });
  }

  @Test
  void meetCoversWhatBothCover() {
    always(a -> {
      VersionVector b = vector();
      Timestamp timestamp = timestamp();
      assertEquals(a.covers(timestamp) && b.covers(timestamp), a.meet(b).covers(timestamp));
      assertEquals(a.meet(b), b.meet(a));
      assertEquals(a, a.join(a.meet(b)));
      assertEquals(a, a.meet(a.join(b)));
    });
  }

  @Test
  void withCoversTheTimestampAndNothingElse() {
    always(a -> {
      Timestamp timestamp = timestamp();
      VersionVector with = a.with(timestamp);
      assertEquals(a.join(VersionVector.of(timestamp)), with);
      if (a.covers(timestamp)) {
        assertSame(a, with);
      } else {
        assertEquals(timestamp.time(), with.timeOf(timestamp.node()));
      }
    });
  }

  @Test
  void holdsWhatItWasGivenInAscendingOrderOfOrigins() {
    always(start -> {
      Map<Long, Long> model = new TreeMap<>();
      VersionVector vector = VersionVector.EMPTY;
      for (int i = random.nextInt(10); i > 0; i--) {
        Timestamp timestamp = timestamp();
        vector = vector.with(timestamp);
        if (timestamp.time() > 0) {
          model.merge(timestamp.node(), timestamp.time(), Math::max);
        }
      }
      Map<Long, Long> held = new TreeMap<>();
      for (int i = 0; i < vector.size(); i++) {
        held.put(vector.origin(i), vector.time(i));
        assertTrue(i == 0 || vector.origin(i - 1) < vector.origin(i));
      }
      assertEquals(model, held);
    });
  }

  private void always(Consumer<VersionVector> law) {
    for (int i = 0; i < ROUNDS; i++) {
      try {
        law.accept(vector());
      } catch (AssertionError e) {
        throw new AssertionError("-Dseed=" + seed, e);
      }
    }
  }

  private VersionVector vector() {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = random.nextInt(ORIGINS); i > 0; i--) {
      vector = vector.with(timestamp());
    }
    return vector;
  }

  /** Times begin at zero, which every vector covers. Origins are of both signs. */
  private Timestamp timestamp() {
    return new Timestamp(random.nextInt(TIMES), random.nextInt(ORIGINS) - 2);
  }

  @Test
  void whatLiesBeforeAChangeCoversTheRestOfItsVector() {
    VersionVector vector = VersionVector.of(new Timestamp(7, 1)).with(new Timestamp(9, 2));
    assertEquals(
        VersionVector.of(new Timestamp(4, 1)).with(new Timestamp(9, 2)),
        vector.before(new Timestamp(5, 1)));
    assertSame(vector, vector.before(new Timestamp(8, 1)));
    assertSame(vector, vector.before(new Timestamp(8, 3)));
  }
}
