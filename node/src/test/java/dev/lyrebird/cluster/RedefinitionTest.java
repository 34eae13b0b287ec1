package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table that serves, and is to serve on by another definition. */
final class RedefinitionTest {

  private static final TableDefinition WITH_UNIT =
      definition("type T @table @export { id: ID @primaryKey  a: Float @indexed  unit: String }");
  private static final TableDefinition NARROWER =
      definition("type T @table @export { id: ID @primaryKey  a: Int }");

  private final RunningTable running =
      new RunningTable("type T @table @export { id: ID @primaryKey  a: Float }");
  private final TestLoop loop = running.loop();

  @AfterEach
  void close() {
    running.close();
  }

  @Test
  void definitionIsInForceWhenAllRowsFit() {
    applied("{\"a\":0.5}");
    assertEquals(Map.of(), redefined(WITH_UNIT));

    assertEquals(Refusal.Reason.SCHEMA, refused("{\"a\":1,\"unit\":7}"));
    applied("{\"a\":1,\"unit\":\"C\"}");
    assertTrue(running.faults.isEmpty());
  }

  @Test
  void rowsThatDoNotFitLeaveTheDefinitionBeforeInForce() {
    applied("{\"a\":0.5}");
    assertEquals(
        Map.of(
            "T.a",
            "must be a whole number of 32 bits (Int), but is a number with a fraction (1 row: x)"),
        redefined(NARROWER));

    applied("{\"a\":0.25}");
    applied("{\"a\":7}");
    assertEquals(Map.of(), redefined(NARROWER));
    assertEquals(Refusal.Reason.SCHEMA, refused("{\"a\":0.5}"));
  }

  @Test
  void loopReachesTheTableByEitherDefinition() {
    assertEquals(Map.of(), redefined(WITH_UNIT));
    loop.ask((tables, before, answer) -> {
      var exports = tables.exports();
      tables.redefine(List.of(WITH_UNIT));
      assertNotSame(exports, tables.exports());
      assertEquals(0, tables.indexOf(before));
      assertEquals(0, tables.indexOf(WITH_UNIT));
      assertEquals(WITH_UNIT, tables.definition(0));
      answer.accept(true);
    });
    applied("{\"a\":1,\"unit\":\"C\"}"); // the loop still asks by the one before
  }

  private Map<String, String> redefined(TableDefinition next) {
    return RunningTable.await(running.redefinition().of(Map.of(0, next)));
  }

  private void applied(String row) {
    assertInstanceOf(Outcome.Applied.class, loop.write(put(row)));
  }

  private Refusal.Reason refused(String row) {
    return assertInstanceOf(Outcome.Refused.class, loop.write(put(row))).refusal().reason();
  }

  private static Write put(String row) {
    return Write.put("x", Payload.json(row.getBytes(StandardCharsets.UTF_8)));
  }

  private static TableDefinition definition(String sdl) {
    return Schema.parse(List.of(new Source("test.graphql", sdl))).tables().getFirst();
  }
}
