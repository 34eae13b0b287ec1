package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RowCheckTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyAttributeAtFaultIsNamed() {
    RowCheck check = check("{ id: ID! name: String! size: Int! open: Boolean note: String }");
    assertEquals(
        List.of(
            new Fault("name", "is required, but is missing"),
            new Fault("size", "must be a whole number of 32 bits (Int), but is a string"),
            new Fault("open", "must be true or false (Boolean), but is an object")),
        check.faults(row("{'size': 'big', 'open': {}, 'note': 'fine', 'other': 1}")));
  }

  @Test
  void nullIsAllowedUnlessRequired() {
    RowCheck check = check("{ a: Int b: Int! }");
    assertEquals(
        List.of(new Fault("b", "is required, but is null")),
        check.faults(row("{'a': null, 'b': null}")));
  }

  @Test
  void theKeyAndStampsAreNeverAtFault() {
    RowCheck check = check("{ id: Int! at: Float! @createdTime changed: Date! @updatedTime }");
    assertEquals(List.of(), check.faults(row("{}")));
    assertEquals(List.of(), check.faults(row("{'id': 'x', 'at': 'x', 'changed': {}}")));
  }

  @Test
  void aSealedTypeNamesWhatItDoesNotDeclare() {
    RowCheck check = new RowCheck(SchemaTest.only("type T @sealed { id: ID temp: Float }"));
    assertEquals(List.of(), check.faults(row("{'id': 'x', 'temp': 1}")));
    assertEquals(
        List.of(
            new Fault("tempt", "is not declared by the sealed type T; did you mean temp?"),
            new Fault("colour", "is not declared by the sealed type T")),
        check.faults(row("{'tempt': 1, 'colour': null}")));
  }

  @Test
  void aHostileRowGetsABoundedAnswer() {
    RowCheck check = new RowCheck(SchemaTest.only("type T @sealed { id: ID temp: Float }"));
    ObjectNode row = JSON.createObjectNode();
    for (int i = 0; i < 100_000; i++) {
      row.put("x" + i, i);
    }
    assertEquals(100, check.faults(row).size());
  }

  @Test
  void listsTellWhichElementIsAtFault() {
    RowCheck check = check("{ a: [Int!] b: [[Float]] }");
    assertEquals(List.of(), check.faults(row("{'a': [], 'b': [[1.5, null], null, []]}")));
    assertEquals(
        List.of(
            new Fault("a", "has an element at fault: number 2 is required, but is null"),
            new Fault(
                "b",
                "has an element at fault: number 1 has an element at fault: number 2 must be a"
                    + " number (Float), but is true or false")),
        check.faults(row("{'a': [1, null], 'b': [[1, true]]}")));
    assertEquals(
        List.of(new Fault("a", "must be a list ([Int!]), but is a whole number")),
        check.faults(row("{'a': 1}")));
  }

  @Test
  void aJoinedAttributeCannotBeWritten() {
    RowCheck check = check("{ parentId: ID parent: T @relationship(from: \"parentId\") }");
    assertEquals(List.of(), check.faults(row("{'parentId': 'x'}")));
    assertEquals(
        List.of(new Fault("parent", "is joined from T by parentId and cannot be written")),
        check.faults(row("{'parent': {'id': 'x'}}")));
  }

  @Test
  void aPatchMayLeaveOutWhatIsRequiredButNotRemoveIt() {
    RowCheck check = check("{ a: Int! b: Int! }");
    assertEquals(List.of(), check.patchFaults(row("{'a': 1}")));
    assertEquals(
        List.of(new Fault("b", "is required, but is null")),
        check.patchFaults(row("{'a': 1, 'b': null}")));
  }

  @Test
  void aPatchMayAddToNumbers() {
    RowCheck check = check("{ n: Int f: Float any: Any s: String d: Date }");
    String three = "{'__op__': 'add', 'value': 3}";
    assertEquals(
        List.of(
            new Fault("s", "cannot be added to"), //
            new Fault("d", "cannot be added to")),
        check.patchFaults(
            row("{'n': %s, 'f': %s, 'any': %s, 's': %s, 'd': %s}".replace("%s", three))));
    assertEquals(
        List.of(
            new Fault(
                "n", "must be a whole number of 32 bits (Int), but is a number with a fraction"),
            new Fault("f", "must be a number (Float), but is missing")),
        check.patchFaults(row("{'n': {'__op__': 'add', 'value': 0.5}, 'f': {'__op__': 'add'}}")));
    assertEquals(
        List.of(new Fault("n", "must be a whole number of 32 bits (Int), but is an object")),
        check.faults(row("{'n': " + three + "}")));
  }

  @Test
  void eachTypeAdmitsItsValues() {
    assertAdmits("ID", "'x'", "7", "7.0");
    assertRefuses("ID", "7.5", "true", "{}");
    assertAdmits("String", "''");
    assertRefuses("String", "7", "[]");
    assertAdmits("Int", "2147483647", "-2147483648", "3.0", "1e3");
    assertRefuses("Int", "2147483648", "3.5", "'3'", "1e400");
    assertAdmits("Long", "9223372036854775807", "-9223372036854775808");
    assertRefuses("Long", "9223372036854775808", "1e30");
    assertAdmits("Float", "1", "1.5", "-1e300", "123456789012345678901234567890");
    assertRefuses("Float", "1e400", "'NaN'");
    assertAdmits("Boolean", "true", "false");
    assertRefuses("Boolean", "0", "'true'");
    assertAdmits("BigInt", "7", "123456789012345678901234567890", "'-12'", "'0'");
    assertRefuses("BigInt", "1.5", "''", "'-'", "'1e3'", "'+1'");
    assertAdmits("Bytes", "''", "'aGk='", "'aGk'");
    assertRefuses("Bytes", "'a'", "'a b='", "1");
    assertAdmits("Any", "1", "{}", "[null]");
  }

  @Test
  void datesAreIso8601OrMilliseconds() {
    assertAdmits(
        "Date",
        "1795219619332.3696",
        "0",
        "'2026-02-28'",
        "'2026-02-28T23:59'",
        "'2026-02-28T23:59:59.123456Z'",
        "'2026-02-28T23:59:59+01:00'");
    assertRefuses(
        "Date",
        "'2026-02-29'",
        "'28.2.2026'",
        "'2026-02-28T24:01Z'",
        "'2026-02-28Z'",
        "'2026-02-28T10:00[Europe/Rome]'",
        "'1795219619332'",
        "true");
  }

  @Test
  void binaryIsBytesAndNotANumberIsNoFloat() {
    RowCheck check = check("{ b: Bytes s: String f: Float }");
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("b", new byte[] {1}).put("s", new byte[] {1}).put("f", Double.NaN);
    assertEquals(
        List.of(
            new Fault("s", "must be a string (String), but is binary"),
            new Fault("f", "must be a number (Float), but is a number that is not finite")),
        check.faults(row));
  }

  @Test
  void aNumberTooLargeIsToldItsSize() {
    RowCheck check = check("{ i: Int l: Long }");
    assertEquals(
        List.of(
            new Fault(
                "i",
                "must be a whole number of 32 bits (Int), but is a whole number of more than 32"
                    + " bits"),
            new Fault(
                "l",
                "must be a whole number of 64 bits (Long), but is a whole number of more than 64"
                    + " bits")),
        check.faults(row("{'i': 2147483648, 'l': 9223372036854775808}")));
  }

  private static void assertAdmits(String type, String... values) {
    for (String value : values) {
      assertEquals(
          List.of(),
          check("{ a: " + type + " }").faults(row("{'a': " + value + "}")),
          () -> type + " " + value);
    }
  }

  private static void assertRefuses(String type, String... values) {
    for (String value : values) {
      assertEquals(
          1,
          check("{ a: " + type + " }").faults(row("{'a': " + value + "}")).size(),
          () -> type + " " + value);
    }
  }

  private static RowCheck check(String attributes) {
    return new RowCheck(SchemaTest.only("type T " + attributes));
  }

  /** Apostrophes stand for quotes. */
  private static ObjectNode row(String json) {
    try {
      return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }
}
