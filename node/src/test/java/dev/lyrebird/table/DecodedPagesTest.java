package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which pages are kept decoded. */
final class DecodedPagesTest {
  private static final int ENTRIES = 10;

  @Test
  void pageIsFoundByEachOfItsPositions() {
    DecodedPages pages = new DecodedPages(1 << 20);
    DecodedPages.Page first = pages.decode(page(1));
    DecodedPages.Page third = pages.decode(page(21));
    assertNull(pages.at(0));
    assertSame(first, pages.at(1));
    assertSame(first, pages.at(10));
    assertNull(pages.at(11));
    assertNull(pages.at(20));
    assertSame(third, pages.at(21));
    assertSame(third, pages.at(30));
    assertNull(pages.at(31));

    pages.clear();
    assertNull(pages.at(1));
  }

  @Test
  void entriesBehindAPositionAreTheRestOfThePage() {
    DecodedPages.Page page = new DecodedPages(1 << 20).decode(page(11));
    assertEquals(page.entries(), page.behind(3));
    assertEquals(page.entries(), page.behind(10));
    assertEquals(List.of(19L, 20L), page.behind(18).stream().map(Entry::position).toList());
    assertEquals(List.of(), page.behind(20));
  }

  @Test
  void pagesDecodedFirstMakeRoomForOthers() {
    DecodedPages pages = new DecodedPages(2 * ENTRIES * 400);
    pages.decode(page(11));
    DecodedPages.Page second = pages.decode(page(1));
    DecodedPages.Page third = pages.decode(page(21));
    assertNull(pages.at(11));
    assertSame(second, pages.at(1));
    assertSame(third, pages.at(21));
  }

  @Test
  void pageThatIsTooLargeIsNotKept() {
    DecodedPages pages = new DecodedPages(ENTRIES);
    assertEquals(ENTRIES, pages.decode(page(1)).entries().size());
    assertNull(pages.at(1));
  }

  private static byte[] page(long firstPosition) {
    return EntryCodec.encode(
        LongStream.range(firstPosition, firstPosition + ENTRIES)
            .mapToObj(position ->
                new Entry(
                    position,
                    1,
                    new Change(new Timestamp(position, 1), Write.message("t", text("x"))),
                    null))
            .toList());
  }
}
