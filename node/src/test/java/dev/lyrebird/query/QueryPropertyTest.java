package dev.lyrebird.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Queries made up at random: what is printed is read back, and means what the oracle says. */
final class QueryPropertyTest {

  private static final int QUERIES = 5_000;
  private static final int ROWS_A_CONDITION = 10;
  private static final int MUTATIONS = 50_000;

  private static final TableDefinition TABLE =
      RowMatcherTest.table(
          """
          type Things @table @export {
            id: ID @primaryKey name: String count: Int temp: Float on: Boolean at: Date
            big: BigInt tags: [String] marks: [Int] changed: Float
          }
          """);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomQueries queries = new RandomQueries(random);

  @Test
  void printedQueryIsReadBack() {
    for (int i = 0; i < QUERIES; i++) {
      Query query = queries.query();
      String told = "-Dseed=" + seed + ": " + query;
      assertEquals(query, QueryParser.parse(query.toString(), Set.of()).query(), told);
      assertEquals(
          query.hashCode(), QueryParser.parse(query.toString(), Set.of()).query().hashCode(), told);
    }
  }

  @Test
  void conditionPassesTheRowsThatTheOraclePasses() {
    int passed = 0;
    for (int i = 0; i < QUERIES; i++) {
      Expression condition = queries.condition(2);
      RowMatcher matcher = RowMatcherTest.matcher(condition.toString(), TABLE);
      for (int j = 0; j < ROWS_A_CONDITION; j++) {
        Map<String, @Nullable Object> row = queries.row();
        String json = RandomQueries.json(row);
        boolean expected = new NaiveEvaluator(row).passes(condition);
        passed += expected ? 1 : 0;
        assertEquals(
            expected,
            matcher.passes(RowTree.read(json.getBytes(UTF_8))),
            () -> "-Dseed=%d: %s on %s".formatted(seed, condition, json));
      }
    }
    int share = passed * 100 / (QUERIES * ROWS_A_CONDITION);
    assertTrue(share > 10 && share < 90, share + " % pass: too few decide anything");
  }

  /**
   * Whatever is sent is read or refused with a place, and what is read is printed and read back.
   */
  @Test
  void anyTextIsReadOrRefused() {
    int read = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String text = mutated(queries.query().toString());
      String told = "-Dseed=" + seed + ": " + text;
      try {
        Query query = QueryParser.parse(text, Set.of("ready")).query();
        read++;
        assertEquals(query, QueryParser.parse(query.toString(), Set.of()).query(), told);
      } catch (RefusedException e) {
        assertEquals(Refusal.Reason.BAD_REQUEST, e.refusal().reason(), told);
        String detail = e.refusal().detail();
        assertTrue(detail.startsWith("at character ") || detail.contains("given twice"), told);
        if (detail.startsWith("at character ")) {
          int at = Integer.parseInt(detail.split(" ", 4)[2]);
          assertTrue(at >= 1 && at <= text.length() + 1, told + ": " + detail);
        }
      }
    }
    assertTrue(read > MUTATIONS / 20, read + " were read");
  }

  private String mutated(String text) {
    StringBuilder mutated = new StringBuilder(text);
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(mutated.length() + 1);
      switch (random.nextInt(3)) {
        case 0 -> mutated.insert(at, piece());
        case 1 -> mutated.delete(at, Math.min(mutated.length(), at + 1 + random.nextInt(3)));
        default -> mutated.replace(at, Math.min(mutated.length(), at + 1), piece());
      }
    }
    return mutated.toString();
  }

  private String piece() {
    List<String> pieces =
        List.of(
            "&",
            "|",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "=",
            "!",
            "*",
            ".",
            ",",
            ":",
            "%",
            "%2",
            "%ff",
            "lt=",
            "=gt=",
            "null",
            "date:",
            "number:",
            "select(",
            "sort(",
            "limit(",
            "a",
            "ready=",
            "\u00ff",
            "\u20ac",
            "+",
            "-",
            "9999999999",
            "string:");
    return pieces.get(random.nextInt(pieces.size()));
  }
}
