package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Ids of RFC 9562 that sort as the clock runs. */
final class Uuid7Test {

  private Instant wall = Instant.parse("2026-11-21T10:00:00Z");
  private final Uuid7 ids = new Uuid7(() -> wall, new Random(5));

  @Test
  void idsSortByTheirTimeAndAreNeverTwice() {
    Set<String> all = new HashSet<>();
    String before = "";
    for (int i = 0; i < 1000; i++) {
      String id = ids.get();
      UUID uuid = UUID.fromString(id);
      assertEquals(7, uuid.version());
      assertEquals(2, uuid.variant());
      assertEquals(wall.toEpochMilli(), uuid.getMostSignificantBits() >>> 16);
      assertTrue(id.compareTo(before) > 0);
      assertTrue(all.add(id));
      before = id;
      wall = wall.plusMillis(1);
    }
  }
}
