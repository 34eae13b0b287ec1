package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import org.junit.jupiter.api.Test;

/** When one who comes from another node needs the rows again. */
final class SeenElsewhereTest {

  private static final long ELSEWHERE = 1;
  private static final long HERE = 2;

  private final SeenElsewhere seen =
      new SeenElsewhere(VersionVector.of(new Timestamp(10, ELSEWHERE)));

  @Test
  void changeThatWasSeenDoesNoHarmBeforeNews() {
    seen.note(deletion("a", 5, ELSEWHERE, false), true);
    seen.note(deletion("a", 20, HERE, false), true);
    assertTrue(seen.mayDiffer());
    assertFalse(seen.isOutOfOrder());
  }

  @Test
  void changeThatWasSeenIsOutOfOrderBehindNewsOfItsRow() {
    seen.note(deletion("a", 20, HERE, false), true);
    seen.note(deletion("b", 5, ELSEWHERE, false), true);
    assertFalse(seen.isOutOfOrder());
    seen.note(deletion("a", 6, ELSEWHERE, false), true);
    assertTrue(seen.isOutOfOrder());
  }

  /** The row was not here yet, so nobody was told that it went; whoever comes may have it. */
  @Test
  void newsThatChangedNothingHereCountsTheSame() {
    seen.note(deletion("a", 20, HERE, true), false);
    seen.note(deletion("a", 6, ELSEWHERE, true), false);
    assertTrue(seen.isOutOfOrder());
  }

  @Test
  void changeThatLostToNewsThatWasToldIsInOrder() {
    seen.note(deletion("a", 20, HERE, false), true);
    seen.note(deletion("a", 6, ELSEWHERE, true), false);
    assertFalse(seen.isOutOfOrder());
    assertTrue(seen.mayDiffer());
  }

  @Test
  void rowThatWasToldIsKnownAlsoBehindNewsThatChangedNothing() {
    seen.note(deletion("a", 20, HERE, false), true);
    seen.note(deletion("a", 15, HERE, true), false);
    seen.note(deletion("a", 6, ELSEWHERE, true), false);
    assertFalse(seen.isOutOfOrder());
  }

  @Test
  void rowThatChangedUntoldIsNotKnown() {
    seen.note(deletion("a", 20, HERE, false), true);
    seen.note(deletion("a", 25, HERE, false), false);
    seen.note(deletion("a", 6, ELSEWHERE, true), false);
    assertTrue(seen.isOutOfOrder());
  }

  @Test
  void beyondSoManyRowsAnyMayHaveHadNews() {
    for (int i = 0; i <= 1000; i++) {
      seen.note(deletion("a" + i, 20 + i, HERE, false), true);
    }
    seen.note(deletion("b", 6, ELSEWHERE, false), true);
    assertTrue(seen.isOutOfOrder());
  }

  private static Entry deletion(String id, long time, long node, boolean isSuperseded) {
    Change change = new Change(new Timestamp(time, node), Write.delete(id));
    return new Entry(1, time, change, null, isSuperseded);
  }
}
