package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters against an oracle that takes the sections on topics in MQTT word for word. */
final class TopicFilterTest {
  private static final int ROUNDS = 50_000;
  private static final List<Function<String, @Nullable String>> FAULTS =
      List.of(TopicFilter::fault, TopicFilter::topicFault);
  private static final String CHARACTERS = "ab/+#$\0";

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void agreesWithTheOracleOnEveryTopic() {
    RandomTopics topics = new RandomTopics(random);
    int matches = 0;
    for (int i = 0; i < ROUNDS; i++) {
      TopicFilter filter = topics.filter();
      String topic = topics.topic();
      boolean matching = filter.matches(topic);
      matches += matching ? 1 : 0;
      assertEquals(oracle(filter, topic), matching, () -> replay(filter + ", topic " + topic));
    }
    assertTrue(matches > ROUNDS / 50, "hardly any topic matched");
  }

  /** The examples of the specification, 4.7.1 and 4.7.2. */
  @ParameterizedTest
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1, true",
    "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
    "sport/#, sport, true",
    "#, sport/tennis, true",
    "sport/tennis/+, sport/tennis/player1, true",
    "sport/tennis/+, sport/tennis/player1/ranking, false",
    "sport/+, sport, false",
    "sport/+, sport/, true",
    "+/+, /finance, true",
    "/+, /finance, true",
    "+, /finance, false",
    "#, $SYS/monitor/Clients, false",
    "+/monitor/Clients, $SYS/monitor/Clients, false",
    "$SYS/#, $SYS/monitor/Clients, true",
    "$SYS/monitor/+, $SYS/monitor/Clients, true",
    "ACCOUNTS, Accounts, false"
  })
  void matchesAsTheSpecificationSays(String filter, String topic, boolean matches) {
    assertEquals(matches, TopicFilter.of(filter).matches(topic));
  }

  private static boolean oracle(TopicFilter filter, String topic) {
    List<String> levels = List.of(topic.split("/", -1));
    List<String> wanted = List.of(filter.text().split("/", -1));
    return switch (filter.kind()) {
      case TOPIC -> levels.equals(wanted);
      case MQTT ->
          !(topic.startsWith("$") && List.of("+", "#").contains(wanted.getFirst()))
              && oracle(wanted, levels);
      case BELOW -> {
        List<String> path = wanted.subList(0, wanted.size() - 1);
        yield levels.size() > path.size()
            && levels.subList(0, path.size()).equals(path)
            && !String.join("/", levels.subList(path.size(), levels.size())).isEmpty();
      }
    };
  }

  private static boolean oracle(List<String> wanted, List<String> levels) {
    if (wanted.isEmpty()) {
      return levels.isEmpty();
    }
    String first = wanted.getFirst();
    if (first.equals("#")) {
      return true;
    }
    return !levels.isEmpty()
        && (first.equals("+") || first.equals(levels.getFirst()))
        && oracle(wanted.subList(1, wanted.size()), levels.subList(1, levels.size()));
  }

  @Test
  void everyMatchBeginsWithTheLiteralPrefix() {
    RandomTopics topics = new RandomTopics(random);
    for (int i = 0; i < ROUNDS; i++) {
      TopicFilter filter = topics.filter();
      String topic = topics.topic();
      if (filter.matches(topic)) {
        String prefix = filter.literalPrefix();
        boolean isParent = filter.kind() == TopicFilter.Kind.MQTT && prefix.equals(topic + '/');
        assertTrue(topic.startsWith(prefix) || isParent, () -> replay(filter + ", topic " + topic));
      }
    }
  }

  @Test
  void theLiteralPrefixIsAsLongAsCanBe() {
    assertEquals("a/", TopicFilter.of("a/#").literalPrefix());
    assertEquals("a/", TopicFilter.of("a/+/b").literalPrefix());
    assertEquals("", TopicFilter.of("+").literalPrefix());
    assertEquals("a/b", TopicFilter.of("a/b").literalPrefix());
    assertEquals("a/", TopicFilter.below("a").literalPrefix());
    assertEquals("a/+/", TopicFilter.below("a/+").literalPrefix());
    assertEquals("", TopicFilter.below("").literalPrefix());
    assertEquals("a/+/#", TopicFilter.topic("a/+/#").literalPrefix());
  }

  @Test
  void onlyWildcardsOfMqttAreWildcards() {
    assertTrue(TopicFilter.of("a/+").isWildcard());
    assertTrue(TopicFilter.of("#").isWildcard());
    assertTrue(TopicFilter.below("a").isWildcard());
    assertFalse(TopicFilter.of("a").isWildcard());
    assertFalse(TopicFilter.topic("a/+").isWildcard());
    assertFalse(TopicFilter.topic("a/#").isWildcard());
  }

  @Test
  void findsTheFaultsThatTheOracleFinds() {
    for (int i = 0; i < ROUNDS / 5; i++) {
      String text =
          random
              .ints(random.nextInt(6), 0, CHARACTERS.length())
              .mapToObj(CHARACTERS::charAt)
              .map(String::valueOf)
              .collect(Collectors.joining());
      boolean named = !text.isEmpty() && text.indexOf(0) < 0;
      boolean wildcardsStandAlone = text.matches("(([^+#/]*|\\+)/)*([^+#/]*|\\+|#)");
      assertEquals(
          named && wildcardsStandAlone, TopicFilter.fault(text) == null, () -> replay(text));
      assertEquals(
          named && text.matches("[^+#]*"),
          TopicFilter.topicFault(text) == null,
          () -> replay(text));
    }
  }

  private String replay(String text) {
    return "-Dseed=%d: %s".formatted(seed, text);
  }

  @Test
  void aFilterWithAFaultIsNotMade() {
    assertThrows(IllegalArgumentException.class, () -> TopicFilter.of("a/#/b"));
  }

  /** [MQTT-1.5.4-1]: half of a surrogate pair is no character and has no UTF-8. */
  @Test
  void aHalfOfASurrogatePairIsAFault() {
    for (Function<String, @Nullable String> fault : FAULTS) {
      assertNull(fault.apply("\uD83D\uDE00/\uD83D\uDE00"));
      assertNotNull(fault.apply("\uD83D"));
      assertNotNull(fault.apply("a\uDE00b"));
      assertNotNull(fault.apply("\uDE00\uD83D"));
      assertNotNull(fault.apply("\uD83D\uD83D\uDE00"));
    }
  }

  /** [MQTT-4.7.3-3]: 65,535 bytes, however many characters that is. */
  @Test
  void theLimitIsInBytes() {
    for (String character : List.of("a", "é", "日", "\uD83D\uDE00")) {
      int bytes = character.getBytes(StandardCharsets.UTF_8).length;
      String longest =
          character.repeat(TopicFilter.MAX_BYTES / bytes)
              + "a".repeat(TopicFilter.MAX_BYTES % bytes);
      for (Function<String, @Nullable String> fault : FAULTS) {
        assertNull(fault.apply(longest));
        assertNotNull(fault.apply(longest + "a"));
      }
    }
  }
}
