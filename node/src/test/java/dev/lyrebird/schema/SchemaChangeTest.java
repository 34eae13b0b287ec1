package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a running node makes of another schema. */
final class SchemaChangeTest {

  private static final String HALLS = "type Halls @table @export { id: ID @primaryKey } ";

  @Test
  void whatIsNotDifferentStaysTheVeryDefinition() {
    List<TableDefinition> inForce = tables(HALLS + "type T @table { a: Int }");
    SchemaChange change =
        SchemaChange.between(inForce, tables("type T @table { a: Long } " + HALLS));

    assertEquals(List.of(), change.obstacles());
    assertSame(inForce.get(0), change.tables().get(0));
    assertEquals(
        List.of("Halls", "T"), change.tables().stream().map(TableDefinition::typeName).toList());
    assertEquals(
        "{\"tables\":[{\"name\":\"T\",\"attributesChanged\":"
            + "[{\"name\":\"a\",\"from\":\"Int\",\"to\":\"Long\"}]}]}",
        change.json().toString());
  }

  @Test
  void theSameSchemaChangesNothing() {
    assertEquals(
        "{\"tables\":[]}", SchemaChange.between(tables(HALLS), tables(HALLS)).json().toString());
  }

  @Test
  void attributesAndIndexesAreToldByName() {
    assertEquals(
        "{\"tables\":[{\"name\":\"T\",\"attributesAdded\":[\"d\",\"e\"],"
            + "\"attributesRemoved\":[\"c\"],"
            + "\"attributesChanged\":[{\"name\":\"b\",\"from\":\"Int @indexed\","
            + "\"to\":\"Float! @indexed\"}],"
            + "\"indexesAdded\":[\"a\",\"d\"],\"indexesDropped\":[\"c\"],"
            + "\"indexesRebuilt\":[\"b\"]}]}",
        between(
                "type T @table { a: Int b: Int @indexed c: Int @indexed }",
                "type T @table { a: Int @indexed b: Float! @indexed d: Int @indexed e: Any }")
            .json()
            .toString());
  }

  @Test
  void whatDoesNotConcernRowsIsToldToo() {
    assertEquals(
        "{\"tables\":[{\"name\":\"T\","
            + "\"alsoChanged\":[\"descriptions\",\"protocols\",\"sealed\",\"expiration\"]}]}",
        between(
                "type T @table @export { a: Int }",
                "type T @table(expiration: 60) @export(mqtt: false) @sealed { \"Why.\" a: Int }")
            .json()
            .toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type S @table(table: "T") { a: Int }             | type T: the name of the type
          type T @table @export { a: Int }                 | type T: the path of its @export
          type T @table { a: Int k: ID @primaryKey }       | type T: its primary key
          type T @table { a: Int id: Int @primaryKey }     | type T: its primary key
          type T @table(replicate: false) { a: Int }       | type T: replicate of its @table
          type T @table(retention: 9) { a: Int }           | type T: retention of its @table
          type T @table(journalMaxBytes: 9999999) {a: Int} | type T: journalMaxBytes of its @table
          type T @table(partitions: 2) { a: Int }          | type T: partitions of its @table
          type T @table(confirm: 1) { a: Int }             | type T: confirm of its @table
          type T @table { a: Int } type U @table { b: Int }| table data/U is new
          """)
  void whatHasToWaitForAStartIsNamed(String next, String obstacle) {
    assertEquals(List.of(obstacle), between("type T @table { a: Int }", next).obstacles());
  }

  @Test
  void aTableThatIsGoneIsNamed() {
    assertEquals(
        List.of("table data/Halls is gone"),
        between(HALLS + "type T @table { a: Int }", "type T @table { a: Int }").obstacles());
  }

  private static SchemaChange between(String before, String next) {
    return SchemaChange.between(tables(before), tables(next));
  }

  private static List<TableDefinition> tables(String sdl) {
    return Schema.parse(List.of(new Source("test.graphql", sdl))).tables();
  }
}
