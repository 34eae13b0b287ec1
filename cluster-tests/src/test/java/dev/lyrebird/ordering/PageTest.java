package dev.lyrebird.ordering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PageTest {

  private final String page = Page.of(SampleTrace.good());

  @Test
  void theSameTraceGivesTheSamePage() {
    assertEquals(page, Page.of(SampleTrace.good()));
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    assertFalse(Pattern.compile("(src|href)=|url\\((?!#)|@import|https?://").matcher(page).find());
  }

  @Test
  void noPlaceOfTheTemplateStaysEmpty() {
    assertFalse(page.contains("<!--"));
  }

  @Test
  void textOfTheTraceIsNoMarkup() {
    assertTrue(page.contains("Two nodes &amp; a partition."));
    assertTrue(Page.of(SampleTrace.broken()).contains("b was told &lt;old&gt; after new"));
  }

  @Test
  void everyNodeListsWhatItAppliedInItsOrder() {
    assertEquals(List.of("a1", "a2", "b1"), chips(order(0)));
    assertEquals(List.of("a1", "b1", "a2"), chips(order(1)));
  }

  @Test
  void aChangeThatLostIsMarkedWhereItLost() {
    assertFalse(order(0).contains("lost"));
    assertTrue(order(1).contains("row lost\" data-change=\"a2\""));
  }

  @Test
  void theRowsAreShownForEachNodeBesideTheirChanges() {
    String row = page.substring(page.indexOf(">door</th>"), page.indexOf("</tbody>"));
    assertEquals(List.of("b1", "b1", "a2", "b1"), chips(row));
  }

  @Test
  void theResultIsToldAtTheTop() {
    assertTrue(page.contains("All 1 laws hold"));
    assertTrue(Page.of(SampleTrace.broken()).contains("1 of 1 laws are broken"));
  }

  @Test
  void aVerdictTellsHowMuchItLookedAt() {
    assertTrue(page.contains("<b>No version goes back</b><span>1,234 checked</span>"));
  }

  private String order(int node) {
    return page.split("<section class=\"order\">", -1)[node + 1].split("</section>", 2)[0];
  }

  private static List<String> chips(String markup) {
    return Pattern.compile("class=\"chip [^>]*>([^<]*)<")
        .matcher(markup)
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
