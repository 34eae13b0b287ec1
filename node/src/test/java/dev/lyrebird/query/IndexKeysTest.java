package dev.lyrebird.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.schema.AttributeType;
import dev.lyrebird.schema.ListType;
import dev.lyrebird.schema.ScalarType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who looks in the ranges of a condition finds every row that passes it. */
final class IndexKeysTest {

  private static final int RUNS = 50_000;
  private static final ListType TEXTS = new ListType(ScalarType.STRING, false);

  /** They meet within the first 200 bytes, at that border, and behind it. */
  private static final List<String> TEXT_PARTS =
      List.of(
          "a",
          "b",
          "z",
          "5",
          "-1",
          "7.0",
          "true",
          "null",
          "\u0000",
          "\u0001",
          "é",
          "€",
          "\uFFFD",
          "😀",
          "😁",
          "\uD83D",
          "\uD83E",
          "\uDE00",
          "\uDFFF",
          "x".repeat(99),
          "y".repeat(197));

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0.0",
          "1e-400",
          "-1e-400",
          "5",
          "5.0",
          "50e-1",
          "-5",
          "-5.5",
          "1e2",
          "100",
          "9007199254740992",
          "9007199254740993",
          "9007199254740993.5",
          "1e400",
          "2e400",
          "-1e400",
          "0.1",
          "0.10000000000000001",
          "1704412800000",
          "1704412800000.5");

  private static final List<String> DATES =
      List.of(
          "2024-01-05",
          "2024-01-05T00:00:00Z",
          "2024-01-05T00:00:00.0005Z",
          "2024-01-05T01:00:00+01:00",
          "-2024-01-05",
          "2024-01-06",
          "2024-13-01");

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void whatPassesHasAKeyInTheRanges() {
    int passed = 0;
    int useful = 0;
    for (int i = 0; i < RUNS; i++) {
      ScalarType scalar = one(List.of(ScalarType.values()));
      AttributeType type = random.nextInt(4) == 0 ? new ListType(scalar, false) : scalar;
      String json = "{" + (random.nextInt(8) == 0 ? "" : "\"a\":" + value(2)) + "}";
      JsonNode row = RowTree.read(json.getBytes(UTF_8));
      ValueMatcher asked = matcher(scalar);
      List<KeyRange> ranges = IndexKeys.ranges(asked, type);
      if (ranges != null && new RowMatcher.OfAttribute(List.of("a"), asked).passes(row)) {
        passed++;
        assertTrue(
            IndexKeys.of(row, "a", type).stream().anyMatch(key -> isIn(key, ranges)),
            () -> "-Dseed=%d: %s of %s: %s".formatted(seed, asked, type.sdl(), json));
      }
      useful += ranges == null ? 0 : 1;
    }
    assertTrue(passed > RUNS / 20 && useful > RUNS / 2, passed + " passed, " + useful + " useful");
  }

  @Test
  void keysStandInTheOrderOfTheValues() {
    for (int i = 0; i < RUNS; i++) {
      ScalarType type = one(List.of(ScalarType.values()));
      Scalar operand = operand(type);
      JsonNode value = RowTree.read(value(0).getBytes(UTF_8));
      List<KeyRange> equal = IndexKeys.ranges(new ValueMatcher.Equals(operand), type);
      int order = operand.compare(value);
      if (equal != null && order != Scalar.UNLIKE) {
        assertTrue(
            IndexKeys.of(row(value), "a", type).stream()
                .anyMatch(key -> equal.stream().anyMatch(range -> fits(order, key, range.low()))),
            () -> "-Dseed=%d: %s %s of %s".formatted(seed, value, operand, type));
      }
    }
  }

  /** Tells whether a key stands to another, of the same kind of value, as the values do. */
  private static boolean fits(int order, byte[] key, byte[] other) {
    int found = Arrays.compareUnsigned(key, other);
    return key[0] == other[0] && (order < 0 ? found <= 0 : order > 0 ? found >= 0 : found == 0);
  }

  private static JsonNode row(JsonNode value) {
    return RowTree.read(
        ("{\"a\":" + new String(RowTree.write(value), UTF_8) + "}").getBytes(UTF_8));
  }

  @Test
  void noKeyIsTheBeginningOfAnother() {
    for (int i = 0; i < RUNS / 10; i++) {
      ScalarType type = one(List.of(ScalarType.values()));
      List<byte[]> keys =
          Stream.of(value(2), value(2))
              .map(value -> RowTree.read(("{\"a\":" + value + "}").getBytes(UTF_8)))
              .flatMap(row -> IndexKeys.of(row, "a", type).stream())
              .toList();
      for (byte[] one : keys) {
        for (byte[] other : keys) {
          boolean begins = Arrays.equals(one, Arrays.copyOf(other, one.length));
          assertTrue(!begins || Arrays.equals(one, other), () -> "-Dseed=" + seed);
        }
      }
    }
  }

  @Test
  void rangesDoNotOverlap() {
    for (int i = 0; i < RUNS / 10; i++) {
      ScalarType type = one(List.of(ScalarType.values()));
      ValueMatcher asked = matcher(type);
      List<KeyRange> ranges = IndexKeys.ranges(asked, type);
      if (ranges == null) {
        continue;
      }
      for (KeyRange one : ranges) {
        assertFalse(one.isEmpty(), () -> "-Dseed=%d: %s".formatted(seed, asked));
        for (KeyRange other : ranges) {
          assertTrue(
              one.equals(other) || !other.contains(one.low()),
              () -> "-Dseed=%d: %s of %s".formatted(seed, asked, type));
        }
      }
      assertEquals(ranges.size(), Set.copyOf(ranges).size());
    }
  }

  @Test
  void rowsHaveOneKeyUnlessSeveralSaysOtherwise() {
    for (int i = 0; i < RUNS / 10; i++) {
      String json = "{\"a\":" + value(2) + "}";
      for (ScalarType type : ScalarType.values()) {
        List<byte[]> keys = IndexKeys.of(RowTree.read(json.getBytes(UTF_8)), "a", type);
        boolean isSeveral = keys.stream().anyMatch(IndexKeys.SEVERAL::contains);
        assertEquals(isSeveral, keys.size() != 1 || json.contains("["), () -> type + " " + json);
        assertEquals(keys.size(), new HashSet<>(hex(keys)).size(), json);
      }
    }
  }

  @Test
  void numbersAreKeptAsDoublesThatSort() {
    assertEquals(List.of("10c008000000000000"), keys("3", ScalarType.INT));
    assertEquals(List.of("108000000000000000"), keys("0", ScalarType.FLOAT));
    assertEquals(List.of("108000000000000000"), keys("-0.0", ScalarType.FLOAT));
    assertEquals(List.of("103ff7ffffffffffff"), keys("-3", ScalarType.LONG));
  }

  @Test
  void textIsKeptAsUtf8UpToABound() {
    assertEquals(List.of("20c3a96100"), keys("\"éa\"", ScalarType.STRING));
    assertEquals(List.of("2000"), keys("\"\"", ScalarType.STRING));
    assertEquals(List.of("206100"), keys("\"a\\u0000b\"", ScalarType.STRING));
    String key = keys('"' + "é".repeat(500) + '"', ScalarType.STRING).getFirst();
    assertEquals("20" + "c3a9".repeat(100) + "00", key);
  }

  @Test
  void theTypeDecidesHowTextIsRead() {
    assertEquals(keys("1704412800000", ScalarType.DATE), keys("\"2024-01-05\"", ScalarType.DATE));
    assertEquals(keys("12", ScalarType.BIG_INT), keys("\"12\"", ScalarType.BIG_INT));
    assertEquals(keys("\"12\"", ScalarType.ID), keys("12", ScalarType.ID));
    assertEquals(List.of("20313200"), keys("\"12\"", ScalarType.ANY));
  }

  @Test
  void listHasAKeyForEachElementOnce() {
    assertEquals(List.of("206100", "206200"), keys("[\"b\",[\"a\",\"b\"]]", TEXTS));
    assertEquals(List.of("206100", "50"), keys("[null,\"a\"]", TEXTS));
    assertEquals(List.of(), keys("[]", TEXTS));
    assertEquals(List.of("60"), keys("[]", ScalarType.ANY));
    assertEquals(List.of("206100", "60"), keys("[\"a\"]", ScalarType.STRING));
  }

  @Test
  void rowsWithoutAValueHaveTheKeyOfNull() {
    assertEquals(List.of("50"), keys("null", ScalarType.INT));
    assertEquals(List.of("50"), hex(IndexKeys.of(RowTree.read("{}".getBytes(UTF_8)), "a", TEXTS)));
    assertTrue(IndexKeys.NULLS.contains(new byte[] {0x50}));
    assertFalse(IndexKeys.VALUES.contains(new byte[] {0x50}));
  }

  @Test
  void indexIsOfNoUseForWhatLiesAnywhere() {
    Scalar.Text a = new Scalar.Text("a", false);
    assertNull(IndexKeys.ranges(new ValueMatcher.Differs(a), ScalarType.STRING));
    for (Operator operator : List.of(Operator.CONTAINS, Operator.ENDS_WITH)) {
      assertNull(
          IndexKeys.ranges(new ValueMatcher.HasText(operator, "a", false), ScalarType.STRING));
    }
    ValueMatcher.Equals time = new ValueMatcher.Equals(new Scalar.Moment(BigDecimal.ONE));
    assertNull(IndexKeys.ranges(time, ScalarType.ANY));
    assertNotNull(IndexKeys.ranges(time, ScalarType.DATE));
  }

  @Test
  void rangesLeaveOutWhatDoesNotPass() {
    Scalar five = new Scalar.Numeral(new BigDecimal(5), false);
    assertFalse(isFound("4", new ValueMatcher.Equals(five)));
    assertFalse(isFound("\"5\"", new ValueMatcher.Equals(five)));
    ValueMatcher.Bound bound = new ValueMatcher.Bound(five, true);
    assertTrue(isFound("6", new ValueMatcher.Within(bound, null)));
    assertFalse(isFound("4", new ValueMatcher.Within(bound, null)));
    assertFalse(isFound("null", new ValueMatcher.Within(bound, null)));
    assertFalse(isFound("6", new ValueMatcher.Within(null, bound)));
    assertFalse(isFound("\"5\"", new ValueMatcher.Within(null, bound)));
    ValueMatcher starts = new ValueMatcher.HasText(Operator.STARTS_WITH, "ab", false);
    assertTrue(isFound("\"abc\"", starts));
    assertFalse(isFound("\"b\"", starts));
    assertFalse(isFound("\"a\"", starts));
  }

  private static boolean isFound(String value, ValueMatcher asked) {
    List<KeyRange> ranges = IndexKeys.ranges(asked, ScalarType.ANY);
    assertNotNull(ranges);
    JsonNode row = RowTree.read(("{\"a\":" + value + "}").getBytes(UTF_8));
    return IndexKeys.of(row, "a", ScalarType.ANY).stream().anyMatch(key -> isIn(key, ranges));
  }

  private static boolean isIn(byte[] key, List<KeyRange> ranges) {
    return ranges.stream().anyMatch(range -> range.contains(key));
  }

  private static List<String> keys(String value, AttributeType type) {
    return hex(IndexKeys.of(RowTree.read(("{\"a\":" + value + "}").getBytes(UTF_8)), "a", type));
  }

  private static List<String> hex(List<byte[]> keys) {
    return keys.stream().map(HexFormat.of()::formatHex).toList();
  }

  /** Returns JSON of a value, or a list of values where that may be deeper. */
  private String value(int depth) {
    return switch (random.nextInt(depth == 0 ? 9 : 11)) {
      case 0 -> "null";
      case 1 -> random.nextBoolean() ? "true" : "false";
      case 2 -> "{\"b\":1}";
      case 3, 4 -> one(NUMBERS);
      case 5 -> quoted(one(DATES));
      case 6 -> quoted(one(NUMBERS));
      case 7, 8 -> quoted(text());
      default ->
          Stream.generate(() -> value(depth - 1))
              .limit(random.nextInt(4))
              .collect(Collectors.joining(",", "[", "]"));
    };
  }

  /** Half a surrogate pair is escaped, as UTF-8 cannot hold it. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        quoted.append("\\u%04x".formatted((int) unit));
      } else {
        JsonStringEncoder.getInstance().quoteAsString(String.valueOf(unit), quoted);
      }
    }
    return quoted.append('"').toString();
  }

  private String text() {
    return Stream.generate(() -> one(TEXT_PARTS))
        .limit(random.nextInt(5))
        .collect(Collectors.joining());
  }

  private ValueMatcher matcher(ScalarType type) {
    return switch (random.nextInt(8)) {
      case 0 -> new ValueMatcher.IsNull();
      case 1 -> new ValueMatcher.IsNotNull();
      case 2 -> new ValueMatcher.Differs(operand(type));
      case 3, 4 -> new ValueMatcher.Equals(operand(type));
      case 5 -> new ValueMatcher.IsKey(Set.copyOf(List.of(text(), one(NUMBERS), one(DATES))));
      case 6 -> within(() -> operand(type));
      default -> {
        if (!List.of(ScalarType.ID, ScalarType.STRING, ScalarType.ANY).contains(type)) {
          yield within(() -> operand(type));
        }
        Operator operator =
            one(List.of(Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH));
        yield new ValueMatcher.HasText(operator, text(), type == ScalarType.ID);
      }
    };
  }

  private ValueMatcher within(Supplier<Scalar> operands) {
    ValueMatcher.@Nullable Bound low = random.nextInt(3) == 0 ? null : bound(operands.get());
    boolean isOpen = low != null && random.nextBoolean();
    return new ValueMatcher.Within(low, isOpen ? null : bound(operands.get()));
  }

  private ValueMatcher.Bound bound(Scalar operand) {
    return new ValueMatcher.Bound(operand, random.nextBoolean());
  }

  /** Returns an operand that an attribute of that type may be compared with. */
  private Scalar operand(ScalarType type) {
    BigDecimal number = new BigDecimal(one(NUMBERS));
    return switch (type) {
      case ID, STRING, BYTES ->
          new Scalar.Text(random.nextInt(4) == 0 ? one(NUMBERS) : text(), type == ScalarType.ID);
      case INT, LONG, FLOAT -> new Scalar.Numeral(number, false);
      case BIG_INT -> new Scalar.Numeral(number, true);
      case BOOLEAN -> new Scalar.Truth(random.nextBoolean());
      case DATE -> new Scalar.Moment(number);
      case ANY ->
          switch (random.nextInt(5)) {
            case 0 -> new Scalar.Text(text(), false);
            case 1 -> new Scalar.Numeral(number, false);
            case 2 -> new Scalar.Truth(random.nextBoolean());
            case 3 -> new Scalar.Moment(number);
            default -> {
              String text = one(List.of(one(NUMBERS), text(), "true", "false"));
              yield new Scalar.Untyped(text, Literals.number(text));
            }
          };
    };
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
