package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The operator sees nothing but the message, so the whole message is asserted. */
final class SchemaFaultTest {

  @Test
  void anUnknownDirectiveIsNamedWithTheNearest() {
    assertFault(
        "type T { id: ID\n  a: Int @indexd }",
        "2:10: unknown directive @indexd on attribute T.a; did you mean @indexed?;"
            + " known here: @createdTime, @expiresAt, @indexed, @primaryKey, @relationship,"
            + " @updatedTime");
    assertFault(
        "type T @TABLE { id: ID }",
        "1:8: unknown directive @TABLE on type T; did you mean @table?;"
            + " known here: @export, @sealed, @table");
    assertFault(
        "type T @deprecated { id: ID }",
        "1:8: unknown directive @deprecated on type T; known here: @export, @sealed, @table");
  }

  @Test
  void aMisplacedDirectiveIsToldSo() {
    assertFault(
        "type T @indexed { id: ID }",
        "1:8: @indexed does not belong on type T; known here: @export, @sealed, @table");
  }

  @Test
  void nothingIsGivenTwice() {
    assertFault("type T @table @table { id: ID }", "1:15: @table is given twice on type T");
    assertFault(
        "type T @table(confirm: 1, confirm: 1) { id: ID }",
        "1:27: argument confirm of @table is given twice");
    assertFault("type T { a: Int a: Int }", "1:17: attribute T.a is declared twice");
  }

  @Test
  void anUnknownArgumentIsNamedWithTheNearest() {
    assertFault(
        "type T @table(expires: 4) { id: ID }",
        "1:15: unknown argument expires of @table; known: table, database, expiration, replicate,"
            + " retention, journalMaxBytes, partitions, confirm");
    assertFault(
        "type T @export(Name: \"x\") { id: ID }",
        "1:16: unknown argument Name of @export; did you mean name?;"
            + " known: name, rest, ws, sse, mqtt");
    assertFault(
        "type T { a: Int @indexed(type: \"HNSW\") }",
        "1:26: unknown argument type of @indexed; it takes none");
  }

  @Test
  void argumentsMustBeOfTheirTypeAndRange() {
    assertFault(
        "type T @table(expiration: \"60\") { id: ID }",
        "1:15: argument expiration of @table must be a whole number from 1 to 3162240000,"
            + " but is \"60\"");
    assertFault(
        "type T @table(retention: -1) { id: ID }",
        "1:15: argument retention of @table must be a whole number from 1 to 3162240000,"
            + " but is -1");
    assertFault(
        "type T @table(partitions: 99999999999999999999) { id: ID }",
        "1:15: argument partitions of @table must be a whole number from 1 to 256,"
            + " but is 99999999999999999999");
    assertFault(
        "type T @table(replicate: \"no\") { id: ID }",
        "1:15: argument replicate of @table must be true or false, but is \"no\"");
    assertFault(
        "type T @table(table: \"../x\") { id: ID }",
        "1:15: argument table of @table must be a name of letters, digits, '_', '-' and '.' that"
            + " begins with none of the last two, but is \"../x\"");
    assertFault(
        "type T @table(database: \"system\", table: \"$sessions\") { id: ID }",
        "1:35: argument table of @table must be a name of letters, digits, '_', '-' and '.' that"
            + " begins with none of the last two, but is \"$sessions\"");
    assertFault(
        "type T @table(database: lab) { id: ID }",
        "1:15: argument database of @table must be a name of letters, digits, '_', '-' and '.' that"
            + " begins with none of the last two, but is lab");
  }

  @Test
  void aTableThatIsNotReplicatedCanNotBeConfirmed() {
    assertFault(
        "type T @table(replicate: false, confirm: 1) { id: ID }",
        "1:33: argument confirm of @table counts other nodes that have applied a write, but with"
            + " replicate: false there are none; leave out one of the two");
  }

  @Test
  void exportPathsAreHeldToWhatATopicAndAUrlCanSay() {
    for (String path :
        List.of(
            "/a",
            "a/",
            "a//b",
            "a/+",
            "#",
            "$SYS",
            "a/../b",
            "a\\tb",
            "openapi.json",
            "asyncapi.json")) {
      assertFault(
          "type T @export(name: \"" + path + "\") { id: ID }",
          "1:16: argument name of @export must be empty, or segments joined by '/' that hold no"
              + " '+', '#' or control character, are not '.' or '..', and the first of which does"
              + " not begin with '$', and neither openapi.json nor asyncapi.json, where the node tells of itself, but is \""
              + path
              + "\"");
    }
  }

  @Test
  void anUnknownTypeIsNamedWithTheNearest() {
    assertFault(
        "type T {\n  a: [float!] }",
        "2:7: unknown type float of attribute T.a; did you mean Float?; known: Any, BigInt,"
            + " Boolean, Bytes, Date, Float, ID, Int, Long, String");
    assertFault(
        "type T { b: Brnad @relationship(from: \"id\") } type Brand { id: ID }",
        "1:13: unknown type Brnad of attribute T.b; did you mean Brand?; known: Brand, T");
  }

  @Test
  void aTableTypeNeedsARelationshipAndARelationshipATableType() {
    assertFault(
        "type T { b: B } type B { id: ID }",
        "1:13: attribute T.b is of the table type B, which needs @relationship(from: or to:)");
    assertFault(
        "type T { b: String @relationship(from: \"id\") }",
        "1:13: attribute T.b has @relationship, so its type must be a table type or a list of one");
    assertFault(
        "type T { b: B @relationship } type B { id: ID }",
        "1:10: @relationship on attribute T.b needs from: or to:, and not both");
    assertFault(
        "type T { b: B @relationship(from: \"bid\") } type B { id: ID }",
        "1:29: argument from of @relationship must be an attribute of type T (b, id),"
            + " but is \"bid\"");
    assertFault(
        "type T { b: [B] @relationship(to: \"tid\") } type B { key: ID @primaryKey x: Int }",
        "1:31: argument to of @relationship must be an attribute of type B (key, x),"
            + " but is \"tid\"");
    assertFault(
        "type T { b: B @relationship(to: \"id\") @indexed } type B { id: ID }",
        "1:10: attribute T.b is joined by @relationship and cannot be @indexed as well");
  }

  @Test
  void aKeyIsOneOfItsFourTypes() {
    assertFault(
        "type T { id: Float }",
        "1:14: the key T.id must be of type ID, String, Int, Long, but is of type Float");
    assertFault(
        "type T { a: [ID] @primaryKey }",
        "1:13: the key T.a must be of type ID, String, Int, Long, but is of type [ID]");
  }

  @Test
  void marksThatContradictAreRefused() {
    assertFault(
        "type T { a: ID @primaryKey b: ID @primaryKey }",
        "1:28: @primaryKey may mark one attribute of type T, but marks a and b");
    assertFault(
        "type T { a: Date @createdTime @updatedTime }",
        "1:10: attribute T.a cannot be both @createdTime and @updatedTime");
    assertFault(
        "type T { id: Long @expiresAt }",
        "1:10: attribute T.id cannot be both @primaryKey and @expiresAt");
    assertFault(
        "type T { a: Int @createdTime }",
        "1:13: the time T.a must be of type Date, Float, Long or Any, but is of type Int");
  }

  @Test
  void twoTypesCannotShareANameATableOrAPath() {
    assertFault(
        "type T { id: ID }\ntype T { id: ID }",
        "2:1: type T is declared twice, first at schema.graphql:1:1");
    assertFault(
        "type T { id: ID } type U @table(table: \"T\") { id: ID }",
        "1:19: type U is stored as table data/T, and so is type T at schema.graphql:1:1");
    assertFault(
        "type T { id: ID } type U @export(name: \"T\") { id: ID }",
        "1:19: type U is exported at \"T\", and so is type T at schema.graphql:1:1");
    assertFault(
        "type T @export(name: \"\") { id: ID } type U @export(name: \"\") { id: ID }",
        "1:37: type U is exported as the root table, and so is type T at schema.graphql:1:1");
    assertFault(
        "type String { id: ID }",
        "1:1: type String has the name of a value type; a table needs another");
  }

  @Test
  void onlyPlainTypesDescribeTables() {
    String form = "; expected the form: type Name @table @export { attribute: Type @directive }";
    assertFault("enum E { A }", "1:1: found an enum" + form);
    assertFault(
        "type T { id: ID }\nextend type T { a: Int }", "2:1: found an extension of a type" + form);
    assertFault("{ a }", "1:1: found a query" + form);
    assertFault(
        "type T implements N { id: ID }",
        "1:19: type T implements an interface, which tables cannot");
    assertFault(
        "type T { a(b: Int): Int }", "1:12: attribute T.a has arguments, which attributes cannot");
  }

  @Test
  void aSyntaxErrorShowsWhatWasFoundAndWhere() {
    String form = "; expected the form: type Name @table @export { attribute: Type @directive }";
    assertFault("type T {\n  id: }", "2:7: found } in \"id: }\"" + form);
    assertFault("type T { id: ID", "1:16: found the end of the file in \"type T { id: ID\"" + form);
    assertFault(
        "type T { id: ID % }",
        "1:17: found an unknown character or an unfinished string in \"type T { id: ID % }\""
            + form);
    assertFault("", "1:1: found the end of the file in \"\"" + form);
  }

  @Test
  void theFaultTellsWhichSourceItIsIn() {
    SchemaException fault =
        assertThrows(
            SchemaException.class,
            () ->
                Schema.parse(
                    List.of(
                        new Source("a.graphql", "type A { id: ID }"),
                        new Source("b.graphql", "type B { id: ID }\n type A { id: ID }"))));
    assertEquals(
        "b.graphql:2:2: type A is declared twice, first at a.graphql:1:1", fault.getMessage());
    assertEquals("b.graphql", fault.source());
    assertEquals(2, fault.line());
    assertEquals(2, fault.column());
  }

  private static void assertFault(String sdl, String expected) {
    SchemaException fault =
        assertThrows(SchemaException.class, () -> SchemaTest.parse(sdl), () -> sdl);
    assertEquals("schema.graphql:" + expected, fault.getMessage());
  }
}
