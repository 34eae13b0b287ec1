package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ExportsTest {
  private final Schema schema =
      SchemaTest.parse(
          """
          type Root @export(name: "") { id: ID }
          type Sensors { id: ID }
          type Lab @export(name: "lab") { id: ID }
          type Door @export(name: "lab/Door") { id: ID }
          type Quiet @export(mqtt: false, sse: false) { id: ID }
          type Hidden @table { id: ID }
          """);
  private final TableDefinition root = schema.tables().get(0);
  private final TableDefinition sensors = schema.tables().get(1);
  private final TableDefinition lab = schema.tables().get(2);
  private final TableDefinition door = schema.tables().get(3);
  private final TableDefinition quiet = schema.tables().get(4);
  private final Exports exports = schema.exports();
  private final Exports rootless = new Exports(schema.tables().subList(1, schema.tables().size()));

  @Test
  void theRestOfATopicIsTheIdSlashesIncluded() {
    assertEquals(new Target.Row(sensors, "x", null), exports.topic("Sensors/x"));
    assertEquals(new Target.Row(sensors, "x/y/", null), exports.topic("Sensors/x/y/"));
    assertEquals(new Target.Row(sensors, "/", null), exports.topic("Sensors//"));
  }

  @Test
  void theLongestExportTakesATopic() {
    assertEquals(new Target.Row(door, "x", null), exports.topic("lab/Door/x"));
    assertEquals(new Target.Row(lab, "Doors/x", null), exports.topic("lab/Doors/x"));
  }

  @Test
  void theRootTableTakesWhatIsLeft() {
    assertEquals(new Target.Row(root, "a/b", null), exports.topic("a/b"));
    assertEquals(new Target.Row(root, "/Sensors/x", null), exports.topic("/Sensors/x"));
    assertEquals(new Target.Row(root, "Sensors2/x", null), exports.topic("Sensors2/x"));
    assertEquals(new Target.Row(root, "Hidden/x", null), exports.topic("Hidden/x"));
  }

  @Test
  void anExportsOwnNameIsNoTopicOfItsRows() {
    assertEquals(new Target.Row(root, "Sensors", null), exports.topic("Sensors"));
    assertEquals(new Target.Row(root, "Sensors/", null), exports.topic("Sensors/"));
    assertEquals(new Target.Row(lab, "Door", null), exports.topic("lab/Door"));
    assertEquals(new Target.Row(lab, "Door/", null), exports.topic("lab/Door/"));
    assertEquals(new Target.NotFound(null), rootless.topic("Sensors/"));
  }

  @Test
  void aMissByCaseGoesOnAndIsTold() {
    assertEquals(new Target.Row(root, "sensors/x", "Sensors"), exports.topic("sensors/x"));
    assertEquals(new Target.Row(lab, "door/x", "lab/Door"), exports.topic("lab/door/x"));
    assertEquals(new Target.Row(root, "sensors", null), exports.topic("sensors"));
    assertEquals(new Target.NotFound("Sensors"), rootless.topic("SENSORS/x"));
    assertEquals(
        new Target.Collection(root, "sensors/", "Sensors"),
        exports.path("sensors/", Protocol.REST));
    assertEquals(new Target.NotFound("Sensors"), rootless.path("sensors", Protocol.SSE));
  }

  @Test
  void exportsThatDifferByCaseAreTwo() {
    Exports both = SchemaTest.parse("type t { id: ID } type T { id: ID }").exports();
    assertEquals("t", row(both.topic("t/x")).definition().typeName());
    assertEquals("T", row(both.topic("T/x")).definition().typeName());
  }

  @Test
  void aProtocolThatIsLeftOutIsRefusedAndNotLedElsewhere() {
    assertEquals(new Target.NotOffered(quiet, null), exports.topic("Quiet/x"));
    assertEquals(new Target.NotOffered(quiet, null), exports.path("Quiet/x", Protocol.SSE));
    assertEquals(new Target.Row(quiet, "x", null), exports.path("Quiet/x", Protocol.REST));
  }

  @Test
  void aPathIsATableACollectionAPrefixOrARow() {
    assertEquals(new Target.Table(sensors), exports.path("Sensors", Protocol.REST));
    assertEquals(new Target.Collection(sensors, "", null), exports.path("Sensors/", Protocol.REST));
    assertEquals(
        new Target.Collection(sensors, "x/", null), exports.path("Sensors/x/", Protocol.REST));
    assertEquals(new Target.Row(sensors, "x/y", null), exports.path("Sensors/x/y", Protocol.REST));
    assertEquals(new Target.Table(door), exports.path("lab/Door", Protocol.REST));
  }

  @Test
  void theRootTableHasCollectionsAndRowsButNoPathOfItsOwn() {
    assertEquals(new Target.Collection(root, "", null), exports.path("", Protocol.REST));
    assertEquals(new Target.Collection(root, "a/", null), exports.path("a/", Protocol.REST));
    assertEquals(new Target.Row(root, "a", null), exports.path("a", Protocol.REST));
    assertEquals(new Target.NotFound(null), rootless.path("", Protocol.REST));
  }

  @Test
  void noTopicIsEmpty() {
    assertEquals(new Target.NotFound(null), exports.topic(""));
  }

  @Test
  void aRowsPathLeadsBackToIt() {
    assertEquals("a/b", new Export("", Set.of()).pathOf("a/b"));
    assertEquals("lab/Door/x", new Export("lab/Door", Set.of()).pathOf("x"));
  }

  @Test
  void anIdWithAWildcardHasNoTopic() {
    assertTrue(Export.isTopic("x/y"));
    assertFalse(Export.isTopic("x+y"));
    assertFalse(Export.isTopic("x/#"));
  }

  @Test
  void privateTablesAreNotListed() {
    assertEquals(List.of(root, sensors, lab, door, quiet), exports.tables());
  }

  @Test
  void twoTablesAtOnePathAreABrokenInvariant() {
    assertThrows(
        IllegalArgumentException.class, () -> new Exports(List.of(sensors, root, sensors)));
  }

  private static Target.Row row(Target target) {
    return (Target.Row) target;
  }
}
