package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class TableDescriptionTest {

  @Test
  void aDescriptionTellsNamesKeyAndAttributes() {
    assertEquals(
        """
        {"name":"T","database":"data","table":"rows","path":"a/b","primaryKey":"id","sealed":true,\
        "attributes":[{"name":"id","type":"ID","required":true,"primaryKey":true},\
        {"name":"at","type":"Date","indexed":true,"createdTime":true},\
        {"name":"tags","type":"[String!]","required":true},\
        {"name":"up","type":"T","relationship":{"from":"id"}},\
        {"name":"down","type":"[T]","relationship":{"to":"id"}}]}\
        """,
        describe(
            """
            type T @table(table: "rows") @export(name: "a/b") @sealed {
              at: Date @createdTime @indexed
              tags: [String!]!
              up: T @relationship(from: "id")
              down: [T] @relationship(to: "id")
            }
            """));
  }

  @Test
  void aDescriptionTellsWhatTheSchemaSaysToPeople() {
    assertEquals(
        """
        {"name":"T","description":"Rows.","database":"data","table":"T","primaryKey":"id",\
        "sealed":false,"attributes":[{"name":"id","description":"Its name.","type":"ID",\
        "required":true,"primaryKey":true}]}\
        """,
        describe("\"Rows.\" type T @table { \"Its name.\" id: ID @primaryKey }"));
  }

  @Test
  void aPrivateTableHasNoPath() {
    assertEquals(
        """
        {"name":"T","database":"data","table":"T","primaryKey":"n","sealed":false,\
        "attributes":[{"name":"n","type":"Int","required":true,"primaryKey":true}]}\
        """,
        describe("type T @table { n: Int @primaryKey }"));
  }

  private static String describe(String sdl) {
    return TableDescription.of(SchemaTest.only(sdl)).toString();
  }
}
