package dev.lyrebird.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The mark that a client leaves in its writes. */
final class WriteTest {

  /** From the test vectors of FNV-1a, 64 bits: draft-eastlake-fnv, appendix C. */
  @Test
  void theMarkOfAPublisherIsFnv1a() {
    assertEquals(0xcbf29ce484222325L, Write.publisherOf(""));
    assertEquals(0xaf63dc4c8601ec8cL, Write.publisherOf("a"));
    assertEquals(0x85944171f73967e8L, Write.publisherOf("foobar"));
  }

  @Test
  void alikeClientIdsHaveDifferentMarks() {
    Set<Long> marks = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      marks.add(Write.publisherOf("client-" + i));
    }
    assertEquals(100_000, marks.size());
  }

  /** Zero means "nobody". This id, found by search, is one whose hash is zero. */
  @Test
  void noClientHasTheMarkOfNobody() {
    assertNotEquals(0, Write.publisherOf("c281aw\u0ffb\u4ee9\u166b"));
  }
}
