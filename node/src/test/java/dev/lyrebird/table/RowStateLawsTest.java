package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.PublishProperties;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The laws of merging, and the bytes of what was merged, over random histories of a row. */
final class RowStateLawsTest {
  private static final int HISTORIES = 2_000;
  private static final int ORDERS = 5;
  private static final RowRules RULES = new RowRules(Samples.table("type T @table { id: ID }"));

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void changesInAnyOrderAndTwiceComeToTheirFold() {
    for (int i = 0; i < HISTORIES; i++) {
      RowHistory history = RowHistory.random(random);
      RowState state = history.merged();
      String told = replay() + history;
      assertEquals(history.fold(), fold(state), told);
      for (int j = 0; j < ORDERS; j++) {
        List<Change> arrivals = history.arrivals(random);
        assertEquals(state, RowHistory.merged(arrivals), () -> told + " as " + arrivals);
      }
    }
  }

  private static RowHistory.Fold fold(RowState state) {
    return new RowHistory.Fold(
        state.isVisible() ? RULES.whole(RowHistory.ID, state) : null,
        state.qos(),
        state.expiresAtMillis(),
        state.version(),
        state.createdMillis());
  }

  @Test
  void joinedStatesHoldWhatEitherHeld() {
    for (int i = 0; i < HISTORIES; i++) {
      RowHistory history = RowHistory.random(random);
      List<RowState> parts = new ArrayList<>();
      Set<Change> all = new HashSet<>();
      for (int j = 0; j < 3; j++) {
        List<Change> part = history.part(random).arrivals(random);
        all.addAll(part);
        parts.add(RowHistory.merged(part));
      }
      RowState a = parts.get(0);
      RowState b = parts.get(1);
      RowState c = parts.get(2);
      String told = replay() + history + " in parts " + parts;
      assertEquals(RowHistory.merged(all), a.join(b).join(c), told);
      assertEquals(a.join(b), b.join(a), told);
      assertEquals(a.join(b).join(c), a.join(b.join(c)), told);
      assertEquals(a, a.join(a), told);
      assertEquals(a, a.join(RowState.NOTHING), told);
      assertEquals(a.join(b), a.join(b).join(b), told);
    }
  }

  @Test
  void foldingWhatIsCompleteChangesNothingThatIsSeenNowOrLater() {
    for (int i = 0; i < HISTORIES; i++) {
      RowHistory history = RowHistory.random(random);
      List<Change> arrivals = history.shuffled(random);
      RowState state = RowState.NOTHING;
      RowState folding = RowState.NOTHING;
      for (int j = 0; j < arrivals.size(); j++) {
        state = state.merge(arrivals.get(j));
        folding = folding.merge(arrivals.get(j));
        List<Change> missing = history.without(arrivals.subList(0, j + 1));
        if (random.nextBoolean()) {
          folding = RULES.folded(RowHistory.ID, folding, stable(missing));
        }
        String told = "%s%s, folded on the way as %s".formatted(replay(), history, arrivals);
        assertEquals(RULES.row(RowHistory.ID, state), RULES.row(RowHistory.ID, folding), told);
      }
    }
  }

  @Test
  void aRowWhoseChangesHaveAllArrivedRemembersNothing() {
    for (int i = 0; i < HISTORIES; i++) {
      RowHistory history = RowHistory.random(random);
      RowState state = history.merged();
      RowState folded = RULES.folded(RowHistory.ID, state, RowHistory.END);
      String told = replay() + history;
      assertEquals(Map.of(), folded.registers(), told);
      assertEquals(state.isVisible(), !folded.equals(RowState.NOTHING), told);
    }
  }

  /** Returns any time that lies before all that is missing. */
  private long stable(List<Change> missing) {
    long end = missing.isEmpty() ? RowHistory.END : missing.getFirst().rankTime();
    return random.nextLong(end);
  }

  @Test
  void statesComeBackFromTheirBytes() {
    for (int i = 0; i < HISTORIES; i++) {
      RowState state = state();
      byte[] bytes = RowStateCodec.encode(state);
      assertEquals(state, RowStateCodec.decode(bytes), this::replay);
      assertArrayEquals(bytes, RowStateCodec.encode(RowStateCodec.decode(bytes)), this::replay);
    }
  }

  @Test
  void partsOfTheBytesAreRefused() {
    for (int i = 0; i < HISTORIES / 20; i++) {
      byte[] bytes = RowStateCodec.encode(state());
      for (int length = 0; length < bytes.length; length++) {
        byte[] beginning = Arrays.copyOf(bytes, length);
        assertThrows(
            IllegalArgumentException.class, () -> RowStateCodec.decode(beginning), this::replay);
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertThrows(
          IllegalArgumentException.class, () -> RowStateCodec.decode(longer), this::replay);
    }
  }

  @Test
  void damagedBytesAreRefusedOrRead() {
    for (int i = 0; i < HISTORIES; i++) {
      byte[] bytes = RowStateCodec.encode(state());
      for (int j = random.nextInt(3); j >= 0; j--) {
        bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? -1 : random.nextInt());
      }
      try {
        RowStateCodec.decode(bytes);
      } catch (IllegalArgumentException e) {
        // Refused, as it may be.
      } catch (RuntimeException e) {
        throw new AssertionError(replay(), e);
      }
    }
  }

  private RowState state() {
    RowState state = RowHistory.random(random).merged();
    Payload base = state.base();
    return base == null || random.nextBoolean()
        ? state
        : new RowState(
            state.stamp(),
            new Payload(base.bytes(), "text/x", properties()),
            state.qos(),
            state.expiry(),
            state.createdMillis(),
            state.registers());
  }

  private PublishProperties properties() {
    return new PublishProperties(
        random.nextBoolean(),
        "answers/here",
        new byte[] {1, 2},
        List.of(new UserProperty("n", "v")));
  }

  private String replay() {
    return "-Dseed=" + seed + " ";
  }
}
