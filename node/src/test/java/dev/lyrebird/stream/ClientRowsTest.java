package dev.lyrebird.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which rows a client is told to have lost. */
final class ClientRowsTest {

  private static final long SEED = 42;

  private final RowRoom room = new RowRoom(RowRoom.PLACES);

  @Test
  void onlyRowsThatTheClientHasAreToldToLeaveAndOnce() {
    ClientRows rows = new ClientRows(room, SEED, true);
    assertFalse(rows.leaves("a"));
    rows.enters("a");
    rows.enters("a");
    assertFalse(rows.leaves("b"));
    assertTrue(rows.leaves("a"));
    assertFalse(rows.leaves("a"));
  }

  @Test
  void rowThatTheClientMayHaveIsToldOnceUntilItEntersAgain() {
    ClientRows rows = new ClientRows(room, SEED, false);
    assertTrue(rows.leaves("a"));
    assertFalse(rows.leaves("a"));
    rows.enters("a");
    assertTrue(rows.leaves("a"));
    assertFalse(rows.leaves("a"));
    assertTrue(rows.leaves("b"));
  }

  @Test
  void afterAResetItIsKnownAgain() {
    ClientRows rows = new ClientRows(room, SEED, false);
    rows.leaves("a");
    rows.reset();
    assertFalse(rows.leaves("b"));
    rows.enters("b");
    assertTrue(rows.leaves("b"));
  }

  /** Past the bound nothing is kept back; only that a row never was there is no longer known. */
  @Test
  void everyRowThatLeavesIsToldHoweverManyThereAre() {
    ClientRows rows = new ClientRows(room, SEED, true);
    int many = ClientRows.MAX_ROWS + ClientRows.MAX_ROWS / 2;
    for (int i = 0; i < many; i++) {
      rows.enters("row/" + i);
    }
    for (int i = 0; i < many; i++) {
      assertTrue(rows.leaves("row/" + i), "row " + i);
    }
    assertFalse(rows.leaves("row/" + (many - 1)));
  }

  @Test
  void withoutRoomEveryRowThatLeavesIsToldAllTheSame() {
    RowRoom little = new RowRoom(64);
    ClientRows first = new ClientRows(little, SEED, true);
    ClientRows second = new ClientRows(little, SEED, true);
    for (int i = 0; i < 100; i++) {
      first.enters("row/" + i);
      second.enters("row/" + i);
    }
    for (int i = 0; i < 100; i++) {
      assertTrue(first.leaves("row/" + i));
      assertTrue(second.leaves("row/" + i));
    }
    first.end();
    first.end();
    second.end();
    assertEquals(64, little.free());
  }
}
