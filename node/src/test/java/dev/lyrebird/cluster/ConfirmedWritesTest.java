package dev.lyrebird.cluster;

import static dev.lyrebird.cluster.RunningTable.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Writes whose outcomes wait for other nodes, through an event loop's client and back. */
final class ConfirmedWritesTest {
  private static final long LONGER_THAN_ANY_TEST = 3_600_000;

  private final RunningTable running =
      new RunningTable(
          "type T @table(confirm: 1) @export { id: ID @primaryKey }", LONGER_THAN_ANY_TEST);
  private final TestLoop loop = running.loop();
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();

  private record Told(int token, Outcome outcome) {}

  @AfterEach
  void close() {
    running.close();
    assertEquals(List.of(), List.copyOf(running.faults));
  }

  @Test
  void outcomeIsToldWhenAnotherNodeHasTheWrite() {
    put(1, "a", Condition.NONE, Confirmation.AS_DEMANDED);
    loop.await();
    assertNull(told.peek());

    running.applyOnPeers(1);
    assertApplied(1);
  }

  @Test
  void writeIsSeenBeforeItIsConfirmed() {
    put(1, "a", Condition.NONE, Confirmation.AS_DEMANDED);
    Row row =
        loop.ask((tables, table, answer) ->
            tables.read(table, "a", read -> answer.accept(Objects.requireNonNull(read))));
    assertEquals(text("1"), row.payload());
    assertNull(told.peek());
  }

  @Test
  void heldOutcomeHoldsUpNoOther() {
    put(1, "a", Condition.ABSENT, Confirmation.AS_DEMANDED);
    put(2, "b", Condition.NONE, Confirmation.NOT_AWAITED);
    put(3, "a", Condition.ABSENT, Confirmation.AS_DEMANDED);
    put(4, "c", Condition.NONE, Confirmation.AS_DEMANDED);

    assertApplied(2);
    assertRefused(3, Refusal.Reason.CONFLICT);
    loop.await();
    running.applyOnPeers(1);
    assertApplied(1);
    assertApplied(4);
  }

  @Test
  void refusedWriteOfTheSameTurnIsToldAtOnce() {
    loop.run((tables, table) -> {
      for (int token = 1; token <= 2; token++) {
        tables.write(
            table,
            Write.put("a", text("" + token)),
            Condition.ABSENT,
            (outcome, of) -> told.add(new Told(of, outcome)),
            token);
      }
    });
    assertRefused(2, Refusal.Reason.CONFLICT);
    running.applyOnPeers(1);
    assertApplied(1);
  }

  @Test
  void strongestDemandCounts() {
    put(1, "a", Condition.NONE, Confirmation.by(0));
    put(2, "b", Condition.NONE, Confirmation.by(2));
    loop.await();

    running.applyOnPeers(1);
    assertApplied(1);
    loop.await();
    assertNull(told.peek());
    running.applyOnPeers(2);
    assertApplied(2);
  }

  @Test
  void nodeMayDemandMoreThanTheTable() {
    TestLoop strict = running.loop(2);
    strict.run((tables, table) ->
        tables.write(
            table,
            Write.put("a", text("x")),
            Condition.NONE,
            (outcome, token) -> told.add(new Told(token, outcome)),
            1));
    strict.await();
    running.applyOnPeers(1);
    strict.await();
    assertNull(told.peek());

    running.applyOnPeers(2);
    assertApplied(1);
  }

  @Test
  void whatTheNodeDemandsIsNoConcernOfATableThatStaysOnIt() {
    try (RunningTable local =
        new RunningTable("type T @table(replicate: false) @export { id: ID @primaryKey }")) {
      Outcome outcome = local.loop(1).write(Write.put("a", text("x")));
      assertInstanceOf(Outcome.Applied.class, outcome);
    }
  }

  @Test
  void batchIsHeldAsAWhole() {
    BlockingQueue<List<Outcome>> all = writeAll("a", "b");
    loop.await();
    assertNull(all.peek());

    running.applyOnPeers(1);
    List<Outcome> outcomes = RunningTable.await(all);
    assertEquals(2, outcomes.stream().filter(Outcome.Applied.class::isInstance).count());
    assertEquals(2, RunningTable.await(writeAll("b", "c")).size()); // refused: nothing to wait for
  }

  @Test
  void whatIsNotConfirmedInTimeIsToldSoAndStays() {
    try (RunningTable impatient =
        new RunningTable("type T @table(confirm: 1) @export { id: ID @primaryKey }", 20)) {
      TestLoop client = impatient.loop();
      Outcome outcome = client.write(Write.put("a", text("x")));
      Refusal refusal = assertInstanceOf(Outcome.Refused.class, outcome).refusal();
      assertEquals(
          Refusal.of(
              Refusal.Reason.UNCONFIRMED,
              "applied by 0 of 1 other nodes within 20 ms; the write itself stays"),
          refusal);
      assertEquals(1, impatient.store.progress().head().position());

      impatient.applyOnPeers(1); // too late, and told nobody
      client.await();
    }
  }

  @Test
  void whereNoOtherNodeKeepsTheTableThatIsToldAtOnce() {
    try (RunningTable alone = new RunningTable("type T @table @export { id: ID @primaryKey }")) {
      TestLoop client = alone.loop();
      assertInstanceOf(Outcome.Applied.class, client.write(Write.put("a", text("x"))));
      List<Outcome> outcomes =
          client.ask((tables, table, answer) ->
              tables.writeAll(
                  table,
                  List.of(Write.put("b", text("y"))),
                  Condition.NONE,
                  Confirmation.by(1),
                  answer));
      Refusal refusal = assertInstanceOf(Outcome.Refused.class, outcomes.getFirst()).refusal();
      assertEquals(
          "applied by 0 of 1 other nodes, for no other keeps this table; the write itself stays",
          refusal.detail());
    }
  }

  @Test
  void beyondTheBoundWritesThatHaveToWaitAreRefusedAndOthersTaken() {
    int bound = 1 << 16;
    loop.run((tables, table) -> {
      for (int i = 0; i < bound; i++) {
        tables.write(
            table, Write.message("t", text("x")), Condition.NONE, (outcome, token) -> {}, 0);
      }
    });
    loop.await();
    put(1, "a", Condition.NONE, Confirmation.AS_DEMANDED);
    assertRefused(1, Refusal.Reason.OVERLOADED);
    put(2, "b", Condition.NONE, Confirmation.NOT_AWAITED);
    assertApplied(2);
    Outcome refused = RunningTable.await(writeAll("c")).getFirst();
    assertInstanceOf(Outcome.Refused.class, refused);
    assertEquals(bound + 1, running.store.progress().head().position());

    running.applyOnPeers(1);
    put(3, "a", Condition.NONE, Confirmation.AS_DEMANDED);
    loop.await();
    running.applyOnPeers(1);
    assertApplied(3);
  }

  private void put(int token, String id, Condition condition, Confirmation confirmation) {
    loop.run((tables, table) ->
        tables.write(
            table,
            Write.put(id, text("" + token)),
            condition,
            confirmation,
            (outcome, of) -> told.add(new Told(of, outcome)),
            token));
  }

  private BlockingQueue<List<Outcome>> writeAll(String... ids) {
    BlockingQueue<List<Outcome>> outcomes = new LinkedBlockingQueue<>();
    List<Write> writes = List.of(ids).stream().map(id -> Write.put(id, text("x"))).toList();
    loop.run((tables, table) ->
        tables.writeAll(table, writes, Condition.ABSENT, Confirmation.AS_DEMANDED, outcomes::add));
    return outcomes;
  }

  private void assertApplied(int token) {
    Told next = RunningTable.await(told);
    assertEquals(token, next.token());
    assertInstanceOf(Outcome.Applied.class, next.outcome());
  }

  private void assertRefused(int token, Refusal.Reason reason) {
    Told next = RunningTable.await(told);
    assertEquals(token, next.token());
    assertEquals(
        reason, assertInstanceOf(Outcome.Refused.class, next.outcome()).refusal().reason());
  }
}
