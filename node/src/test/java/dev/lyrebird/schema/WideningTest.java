package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WideningTest {

  private static final int PAIRS = 3_000;
  private static final int ROWS = 20;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type T { id: ID }                    | type T { id: ID }
          type T { id: ID }                    | type T { id: ID  a: Any }
          type T @sealed { id: ID }            | type T @sealed { id: ID  a: Int }
          type T @sealed { id: ID }            | type T { id: ID }
          type T { id: ID  a: Int! }           | type T { id: ID  a: Int }
          type T { id: ID  a: Int }            | type T { id: ID  a: Long }
          type T { id: ID  a: Long }           | type T { id: ID  a: Float }
          type T { id: ID  a: [Int!] }         | type T { id: ID  a: [Long] }
          type T { id: ID  a: [Int] }          | type T { id: ID  a: Any }
          type T { id: ID  a: Float @indexed } | type T { id: ID  a: Float }
          type T { id: Int @primaryKey }       | type T { id: String @primaryKey }
          """)
  void whatCanOnlyAdmitMoreIsKnownWithoutALook(String before, String now) {
    assertTrue(Widening.isOne(SchemaTest.only(before), SchemaTest.only(now)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type T { id: ID }                    | type T { id: ID  a: Int }
          type T @sealed { id: ID }            | type T @sealed { id: ID  a: Int! }
          type T { id: ID }                    | type T @sealed { id: ID }
          type T @sealed { id: ID  a: Int }    | type T @sealed { id: ID }
          type T { id: ID  a: Int }            | type T { id: ID  a: Int! }
          type T { id: ID  a: Float }          | type T { id: ID  a: Int }
          type T { id: ID  a: ID }             | type T { id: ID  a: String }
          type T { id: ID  a: [Int] }          | type T { id: ID  a: [Int!] }
          type T { id: ID  a: Date @updatedTime } | type T { id: ID  a: Date }
          type T { id: ID }                    | type T { key: ID @primaryKey }
          type T { id: Long @primaryKey }      | type T { id: Int @primaryKey }
          """)
  void whatMayAdmitLessIsNoWidening(String before, String now) {
    assertFalse(Widening.isOne(SchemaTest.only(before), SchemaTest.only(now)));
  }

  /** The law by which rows need not be read: none that passed is at fault afterwards. */
  @Test
  void noRowFallsOutOfAWidening() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    int widenings = 0;
    for (int i = 0; i < PAIRS; i++) {
      TableDefinition before = SchemaTest.only(sdl(random));
      TableDefinition now = SchemaTest.only(sdl(random));
      if (!Widening.isOne(before, now)) {
        continue;
      }
      widenings++;
      for (int j = 0; j < ROWS; j++) {
        ObjectNode row = row(random);
        if (new RowCheck(before).faults(row).isEmpty()) {
          assertEquals(
              List.of(),
              new RowCheck(now).faults(row),
              () -> "-Dseed=%d: %s from %s to %s".formatted(seed, row, before, now));
        }
      }
    }
    assertTrue(widenings > PAIRS / 100, "there were but " + widenings + " widenings");
  }

  @Test
  void aDefinitionIsReadAgainAsItWasKept() {
    Random random = new Random(Long.getLong("seed", System.nanoTime()));
    for (int i = 0; i < PAIRS; i++) {
      String text = DefinitionText.of(SchemaTest.only(sdl(random)));
      assertEquals(text, DefinitionText.of(DefinitionText.read(text)));
    }
  }

  @Test
  void systemTablesAreKeptLikeOthers() {
    String text = DefinitionText.of(SystemTables.SESSIONS);
    assertEquals(SystemTables.SESSIONS.key(), DefinitionText.read(text).key());
  }

  private static String sdl(Random random) {
    String attributes =
        Stream.of("a", "b")
            .filter(name -> random.nextInt(3) > 0)
            .map(name -> name + ": " + type(random))
            .collect(Collectors.joining("  "));
    return "type T %s { id: ID  %s }".formatted(random.nextBoolean() ? "@sealed" : "", attributes);
  }

  private static String type(Random random) {
    List<String> names = ScalarType.names();
    String name = names.get(random.nextInt(names.size()));
    String inner = random.nextInt(3) > 0 ? name : name + '!';
    String type = random.nextInt(4) > 0 ? name : '[' + inner + ']';
    return random.nextInt(3) > 0 ? type : type + '!';
  }

  private static ObjectNode row(Random random) {
    ObjectNode row = JSON.objectNode();
    for (String name : List.of("a", "b", "c")) {
      if (random.nextInt(3) > 0) {
        row.set(name, random.nextInt(4) > 0 ? value(random) : list(random));
      }
    }
    return row;
  }

  private static JsonNode list(Random random) {
    return JSON.arrayNode().add(value(random)).add(value(random));
  }

  private static JsonNode value(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(true);
      case 2 -> JSON.numberNode(random.nextInt());
      case 3 -> JSON.numberNode(random.nextLong());
      case 4 -> JSON.numberNode(random.nextDouble());
      case 5 -> JSON.numberNode(BigInteger.TEN.pow(400));
      case 6 -> JSON.textNode("2024-01-05");
      case 7 -> JSON.textNode("12345678");
      default -> JSON.textNode("no date");
    };
  }
}
