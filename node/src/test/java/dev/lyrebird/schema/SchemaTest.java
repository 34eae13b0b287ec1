package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SchemaTest {
  private static final Set<Protocol> ALL = EnumSet.allOf(Protocol.class);
  private static final Attribute ID =
      new Attribute("id", "", ScalarType.ID, true, Set.of(Mark.PRIMARY_KEY));

  @Test
  void exportWithoutTableMakesTablesUnderTheNamesOfTheirTypes() {
    Schema schema =
        parse(
            "type topics @export { id: ID! }  type sensors { id: ID! location: String temperature:"
                + " Float }");
    assertEquals(
        List.of(
            table("topics", new Export("topics", ALL), ID),
            table(
                "sensors",
                new Export("sensors", ALL),
                ID,
                optional("location", ScalarType.STRING),
                optional("temperature", ScalarType.FLOAT))),
        schema.tables());
  }

  @Test
  void anEmptyNameMakesTheRootTable() {
    Schema schema =
        parse(
            "type Topics @table @export(name: \"\") { id: ID @primaryKey data: Any }  type Sensors"
                + " @table @export { id: ID @primaryKey location: String temp: Float }");
    assertEquals(
        List.of(
            table("Topics", new Export("", ALL), ID, optional("data", ScalarType.ANY)),
            table(
                "Sensors",
                new Export("Sensors", ALL),
                ID,
                optional("location", ScalarType.STRING),
                optional("temp", ScalarType.FLOAT))),
        schema.tables());
  }

  @Test
  void theShippedSchemaTakesEveryTopic() throws IOException {
    Exports exports = parse(Files.readString(Path.of("../conf/schema.graphql"))).exports();
    assertEquals("topics", typeOfRow(exports.topic("any/topic/at/all")));
    assertEquals("sensors", typeOfRow(exports.topic("sensors/sensor-101")));
  }

  @Test
  void tableWithoutExportIsPrivate() {
    assertNull(only("type T @table { id: ID }").export());
  }

  @Test
  void aTypeThatIsOnlySealedIsExported() {
    TableDefinition definition = only("type T @sealed { id: ID }");
    assertTrue(definition.isSealed());
    assertEquals(new Export("T", ALL), definition.export());
  }

  @Test
  void protocolsCanBeLeftOut() {
    assertEquals(
        new Export("a/b c/d", EnumSet.of(Protocol.REST, Protocol.MQTT)),
        only("type T @export(name: \"a/b c/d\", ws: false, sse: false, mqtt: true) { id: ID }")
            .export());
    assertEquals(
        new Export("T", EnumSet.of(Protocol.WEB_SOCKET, Protocol.SSE)),
        only("type T @export(rest: false, mqtt: false) { id: ID }").export());
  }

  @Test
  void everyArgumentOfTableIsRead() {
    TableDefinition definition =
        only(
            """
            type T @table(table: "rows", database: "lab-2", expiration: 60, replicate: false,
                retention: 3600, journalMaxBytes: 5000000000, partitions: 4) { id: ID }
            """);
    assertEquals("rows", definition.table());
    assertEquals("lab-2", definition.database());
    assertEquals("lab-2/rows", definition.qualifiedName());
    assertEquals(
        new TableOptions(OptionalLong.of(60), false, 3600, OptionalLong.of(5_000_000_000L), 4, 0),
        definition.options());
    assertEquals(2, only("type T @table(confirm: 2) { id: ID }").options().confirm());
  }

  @Test
  void unsaidOptionsHaveTheirDefaults() {
    assertEquals(
        new TableOptions(OptionalLong.empty(), true, 259_200, OptionalLong.empty(), 1, 0),
        only("type T @table { id: ID }").options());
  }

  @Test
  void theKeyIsTheMarkedAttribute() {
    TableDefinition definition = only("type T { id: Float number: Long @primaryKey }");
    assertEquals(new Key("number", KeyType.LONG), definition.key());
    assertEquals(
        List.of(
            optional("id", ScalarType.FLOAT),
            new Attribute("number", "", ScalarType.LONG, true, Set.of(Mark.PRIMARY_KEY))),
        definition.attributes());
  }

  @Test
  void anUnmarkedIdIsTheKey() {
    TableDefinition definition = only("type T { a: Any id: Int }");
    assertEquals(new Key("id", KeyType.INT), definition.key());
    assertTrue(definition.attributes().get(1).is(Mark.PRIMARY_KEY));
  }

  @Test
  void aMissingKeyIsCreated() {
    TableDefinition definition = only("type T { a: Any }");
    assertEquals(new Key("id", KeyType.ID), definition.key());
    assertEquals(List.of(ID, optional("a", ScalarType.ANY)), definition.attributes());
    assertEquals(List.of(ID), only("type Bare").attributes());
  }

  @Test
  void listsNestAndKnowWhatTheyRequire() {
    TableDefinition definition = only("type T { a: [[Float!]]! b: [String!] }");
    assertEquals(
        new Attribute(
            "a", "", new ListType(new ListType(ScalarType.FLOAT, true), false), true, Set.of()),
        definition.attribute("a").orElseThrow());
    assertEquals("[[Float!]]", definition.attribute("a").orElseThrow().type().sdl());
    assertEquals("[String!]", definition.attribute("b").orElseThrow().type().sdl());
  }

  @Test
  void attributesCarryTheirMarks() {
    TableDefinition definition =
        only(
            """
            type T {
              at: Date @createdTime
              changed: Float @updatedTime @indexed
              until: Long @expiresAt
            }
            """);
    assertEquals(Set.of(Mark.CREATED_TIME), definition.attribute("at").orElseThrow().marks());
    assertEquals(
        Set.of(Mark.UPDATED_TIME, Mark.INDEXED),
        definition.attribute("changed").orElseThrow().marks());
    assertTrue(definition.attribute("changed").orElseThrow().isStamped());
    assertEquals("until", definition.marked(Mark.EXPIRES_AT).getFirst().name());
    assertFalse(definition.attribute("until").orElseThrow().isStamped());
  }

  @Test
  void relationshipsReachIntoOtherSources() {
    Schema schema =
        Schema.parse(
            List.of(
                new Source(
                    "products.graphql",
                    "type Product { brandId: ID brand: Brand! @relationship(from: \"brandId\") }"),
                new Source(
                    "brands.graphql",
                    "type Brand { products: [Product!]! @relationship(to: \"brandId\") }")));
    assertEquals(
        new Attribute(
            "brand",
            "",
            new RelatedType("Brand", false, RelatedType.Side.FROM, "brandId"),
            false,
            Set.of()),
        schema.tables().get(0).attribute("brand").orElseThrow());
    assertEquals(
        new Attribute(
            "products",
            "",
            new RelatedType("Product", true, RelatedType.Side.TO, "brandId"),
            false,
            Set.of()),
        schema.tables().get(1).attribute("products").orElseThrow());
  }

  @Test
  void onlyTablesThatCanRefuseARowCheckRows() {
    assertFalse(only("type T { id: ID! }").checksRows());
    assertFalse(only("type T { id: Int! at: Float! @createdTime data: Any }").checksRows());
    assertTrue(only("type T { id: ID! data: Any! }").checksRows());
    assertTrue(only("type T { id: ID! a: Float }").checksRows());
    assertTrue(only("type T @sealed { id: ID! }").checksRows());
  }

  @Test
  void descriptionsAreKeptAndCommentsAreNot() {
    TableDefinition table =
        only("# one\n\"\"\"\n  Two\n    lines\n\"\"\" type T { \"three\" id: ID # four\n}");
    assertEquals("Two\n  lines", table.description());
    assertEquals("three", table.attribute("id").orElseThrow().description());
  }

  private static String typeOfRow(Target target) {
    return target instanceof Target.Row row ? row.definition().typeName() : target.toString();
  }

  private static TableDefinition table(String name, Export export, Attribute... attributes) {
    return new TableDefinition(
        name,
        "",
        "data",
        name,
        export,
        new Key("id", KeyType.ID),
        List.of(attributes),
        false,
        TableOptions.DEFAULTS);
  }

  private static Attribute optional(String name, AttributeType type) {
    return new Attribute(name, "", type, false, Set.of());
  }

  static Schema parse(String sdl) {
    return Schema.parse(List.of(new Source("schema.graphql", sdl)));
  }

  static TableDefinition only(String sdl) {
    List<TableDefinition> tables = parse(sdl).tables();
    assertEquals(1, tables.size());
    return tables.getFirst();
  }
}
