package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PatternTest {

  @Test
  void literalTakesItsOwnPath() {
    assertEquals(Map.of(), Pattern.parse("a/b").match("a/b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a/b/c", "a/b/", "a/bc", "x/b", "", "/a/b"})
  void literalTakesNoOtherPath(String path) {
    assertNull(Pattern.parse("a/b").match(path));
  }

  @Test
  void nameTakesOneSegment() {
    Pattern pattern = Pattern.parse("chat/{room}/say");

    assertEquals(Map.of("room", "x y"), pattern.match("chat/x y/say"));
    assertNull(pattern.match("chat//say"));
    assertNull(pattern.match("chat/a/b/say"));
  }

  @Test
  void restTakesAllThatFollows() {
    Pattern pattern = Pattern.parse("Sensors/{id*}");

    assertEquals(Map.of("id", "a/b//c/"), pattern.match("Sensors/a/b//c/"));
    assertEquals(Map.of("id", ""), pattern.match("Sensors/"));
    assertNull(pattern.match("Sensors"));
  }

  @Test
  void theMostLiteralIsTriedFirst() {
    List<String> sorted =
        Stream.of("{all*}", "a/{rest*}", "{one}", "a/b", "a/{x}/c", "a/{x}", "a")
            .map(Pattern::parse)
            .sorted()
            .map(Pattern::toString)
            .toList();

    assertEquals(List.of("a/b", "a/{x}/c", "a/{x}", "a/{rest*}", "a", "{one}", "{all*}"), sorted);
  }

  @Test
  void patternsThatDifferInNamesTakeTheSame() {
    assertEquals(0, Pattern.parse("a/{x}").compareTo(Pattern.parse("a/{y}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/{x*}/b | the path a/{x*}/b of a route: {x*} takes all that follows, so it stands last",
        "a/{x}/{x} | the path a/{x}/{x} of a route: the name x stands twice in it",
        "a/x{y} | the path a/x{y} of a route: braces enclose a whole segment, unlike in x{y}",
        "a/{} | the path a/{} of a route: a name is made of letters and digits, unlike in {}"
      })
  void faultIsNamed(String pattern, String message) {
    IllegalArgumentException fault =
        assertThrows(IllegalArgumentException.class, () -> Pattern.parse(pattern));
    assertEquals(message, fault.getMessage());
  }
}
