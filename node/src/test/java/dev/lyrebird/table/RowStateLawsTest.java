package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.PublishProperties;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The laws of merging, and the bytes of what was merged, over random histories of a row. */
final class RowStateLawsTest {
  private static final int HISTORIES = 2_000;
  private static final int ORDERS = 5;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void changesInAnyOrderAndTwiceComeToTheirFold() {
    for (int i = 0; i < HISTORIES; i++) {
      RowHistory history = RowHistory.random(random);
      RowHistory.Fold fold = history.fold();
      RowState state = merged(history.changes());
      String told = replay() + history;
      assertEquals(value(fold.row()), value(row(state)), told);
      assertEquals(fold.qos(), state.qos(), told);
      assertEquals(fold.expiresAtMillis(), state.expiresAtMillis(), told);
      assertEquals(fold.version(), state.version(), told);
      for (int j = 0; j < ORDERS; j++) {
        List<Change> arrivals = history.arrivals(random);
        assertEquals(state, merged(arrivals), () -> told + " as " + arrivals);
      }
    }
  }

  @Test
  void settlingChangesNothingThatIsSeenNowOrLater() {
    for (int i = 0; i < HISTORIES; i++) {
      RowHistory history = RowHistory.random(random);
      RowState state = RowState.NOTHING;
      RowState settling = RowState.NOTHING;
      for (Change change : history.changes()) {
        state = state.merge(change);
        settling = settling.merge(change).settled();
        String told = replay() + history + " up to " + change;
        assertEquals(value(row(state)), value(row(settling)), told);
        assertEquals(state.version(), settling.version(), told);
        assertEquals(state.expiresAtMillis(), settling.expiresAtMillis(), told);
        assertEquals(state.qos(), settling.qos(), told);
      }
    }
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
    RowState state = merged(RowHistory.random(random).changes()).createdAt(random.nextInt(3));
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

  private static RowState merged(List<Change> changes) {
    RowState state = RowState.NOTHING;
    for (Change change : changes) {
      state = state.merge(change);
    }
    return state;
  }

  private static @Nullable Payload row(RowState state) {
    return state.isVisible() ? state.visible() : null;
  }

  /** Returns what a row says: of a JSON object the values, of anything else the bytes. */
  private static @Nullable Object value(@Nullable Payload row) {
    JsonNode object = row == null ? null : JsonObjects.parse(row);
    return object == null ? row : object;
  }

  private String replay() {
    return "-Dseed=" + seed + " ";
  }
}
