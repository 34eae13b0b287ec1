package dev.lyrebird.ordering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class DiagramTest {

  private static final Pattern ARROW =
      Pattern.compile("class=\"arrow( lost)?\" d=\"M([\\d.]+) ([\\d.]+)L([\\d.]+) ([\\d.]+)\"");

  private final String svg = Diagram.of(SampleTrace.good());

  @Test
  void everyChangeHasAnArrowToEveryOtherNode() {
    assertEquals(3, arrows().size());
  }

  @Test
  void arrowsGoForwardInTimeAndFromOneLaneToAnother() {
    for (MatchResult arrow : arrows()) {
      assertTrue(Double.parseDouble(arrow.group(2)) < Double.parseDouble(arrow.group(4)));
      assertNotEquals(arrow.group(3), arrow.group(5));
    }
  }

  @Test
  void onlyTheArrowOfTheChangeThatLostIsDashed() {
    assertEquals(1, arrows().stream().filter(arrow -> arrow.group(1) != null).count());
    assertTrue(group("a2").contains("arrow lost"));
  }

  @Test
  void theWinnerAndOnlyTheWinnerHasAHalo() {
    assertEquals(2, svg.split("class=\"halo\"", -1).length);
    assertTrue(group("b1").contains("halo"));
  }

  @Test
  void thePartitionIsDrawnBetweenTheSides() {
    assertTrue(svg.contains("class=\"cut\""));
    assertTrue(svg.contains(">cut off</text>"));
  }

  @Test
  void hoverTellsTheWholeStory() {
    String story =
        """
        a2: row door, version 00.020
        n1 accepted it at 0.4 s
        n2 applied it 1.5 s later and told nobody: it knew a later version\
        """;
    assertTrue(group("a2").contains(story), group("a2"));
  }

  @Test
  void clocksAreToldBesideTheirNodes() {
    assertTrue(svg.contains(">clock +2 s</text>"));
    assertTrue(svg.contains(">clock \u22120.5 s</text>"));
  }

  @Test
  void marksOfABurstStandSideBySideOnThePage() {
    List<Double> marks =
        Pattern.compile("class=\"mark[^\"]*\" cx=\"([\\d.]+)\" cy=\"206\"")
            .matcher(Diagram.of(SampleTrace.burst(40)))
            .results()
            .map(match -> Double.valueOf(match.group(1)))
            .sorted()
            .toList();
    assertEquals(40, marks.size());
    for (int i = 1; i < marks.size(); i++) {
      assertTrue(marks.get(i) - marks.get(i - 1) > 6, marks::toString);
    }
    assertTrue(marks.getLast() < 1160, marks::toString);
  }

  private List<MatchResult> arrows() {
    return ARROW.matcher(svg).results().toList();
  }

  private String group(String change) {
    String from = svg.substring(svg.indexOf("data-change=\"" + change + "\" tabindex"));
    return from.substring(0, from.indexOf("</g>"));
  }
}
