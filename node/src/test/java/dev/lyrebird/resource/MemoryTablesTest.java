package dev.lyrebird.resource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.pubsub.Subscription;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Holds the fake to the contract that the tests of the doors rely on. */
final class MemoryTablesTest {

  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final MemoryTables tables =
      MemoryTables.of(
          """
          type topics @table @export(name: "") { id: ID @primaryKey }
          type Sensors @table @export { id: ID @primaryKey temp: Float }
          type Hidden @table @export(mqtt: false) { id: ID @primaryKey }
          """,
          loop::add);
  private final TableDefinition sensors = tables.definition(1);
  private final List<String> told = new ArrayList<>();

  @Test
  void rowsComeFirstAndThenTheChangesBehindThem() {
    for (int i = 0; i < 7; i++) {
      put("s" + i, "{\"temp\":" + i + "}");
    }
    runLoop();

    subscribe("Sensors/#");
    runLoop();
    put("s3", "{\"temp\":9}");
    runLoop();

    assertEquals(
        List.of(
            "current Sensors/s0",
            "current Sensors/s1",
            "current Sensors/s2",
            "current Sensors/s3",
            "current Sensors/s4",
            "current Sensors/s5",
            "current Sensors/s6",
            "caught up",
            "PUT Sensors/s3"),
        told);
  }

  @Test
  void answersNeverComeFromInsideTheCall() {
    List<Outcome> outcomes = new ArrayList<>();
    tables.write(
        sensors,
        Write.put("s1", json("{\"temp\":1}")),
        Condition.NONE,
        (outcome, token) -> outcomes.add(outcome),
        0);

    assertEquals(List.of(), outcomes);
    runLoop();
    assertInstanceOf(Outcome.Applied.class, outcomes.getFirst());
  }

  @Test
  void writesOfABatchAreAllCarriedOutOrNone() {
    List<Outcome> outcomes = new ArrayList<>();
    tables.writeAll(
        sensors,
        List.of(Write.put("a", json("{\"temp\":1}")), Write.put("b", json("{\"temp\":\"hot\"}"))),
        Condition.NONE,
        Confirmation.AS_DEMANDED,
        outcomes::addAll);
    runLoop();

    assertInstanceOf(Outcome.Unchanged.class, outcomes.get(0));
    assertInstanceOf(Outcome.Refused.class, outcomes.get(1));
  }

  @Test
  void whatIsReceivedIsKnownUntilItIsReleased() {
    List<Object> answers = new ArrayList<>();
    Reception one = new Reception(3, 1, 1);
    Reception two = new Reception(3, 1, 2);
    for (Reception reception : List.of(one, two)) {
      tables.write(
          sensors,
          Write.message("m", json("1")),
          Condition.NONE,
          Confirmation.BY_ALL,
          reception,
          (outcome, token) -> assertInstanceOf(Outcome.Applied.class, outcome),
          0);
    }
    tables.receptions(sensors, 3, answers::add);
    tables.release(sensors, List.of(one), () -> answers.add("released"));
    tables.receptions(sensors, 3, answers::add);
    tables.receptions(tables.sessions(), 3, answers::add);
    runLoop();

    assertEquals(List.of(List.of(one, two), "released", List.of(two), List.of()), answers);
  }

  @Test
  void filterTouchesTheTablesBelowWhosePathItMayMatch() {
    assertTouches("#", 0, 1);
    assertTouches("Sensors/+", 0, 1);
    assertTouches("+/s1", 0, 1);
    assertTouches("Sensors", 0);
    assertTouches("Hidden/#", 0);
  }

  private void assertTouches(String filter, int... expected) {
    assertArrayEquals(expected, tables.touchedBy(TopicFilter.of(filter), Protocol.MQTT), filter);
  }

  private void put(String id, String row) {
    tables.write(sensors, Write.put(id, json(row)), Condition.NONE, null, 0);
  }

  private static Payload json(String text) {
    return Payload.json(text.getBytes(StandardCharsets.UTF_8));
  }

  private void subscribe(String filter) {
    TopicFilter wanted = TopicFilter.of(filter);
    Member<Subscription> member = tables.hub().join(new Listener());
    member.subscribe(() -> wanted, tables.touchedBy(wanted, Protocol.MQTT), new Start.Current());
  }

  private void runLoop() {
    while (!loop.isEmpty()) {
      loop.remove().run();
    }
  }

  private final class Listener implements Subscriber<Subscription> {
    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public boolean keepsRows() {
      return true;
    }

    @Override
    public void deliver(Event event, List<Subscription> subscriptions) {
      told.add((event.isCurrent() ? "current" : event.entry().type()) + " " + event.topic());
    }

    @Override
    public void flush() {}

    @Override
    public void caughtUp(Subscription subscription) {
      told.add("caught up");
    }

    @Override
    public void reset(String reason) {
      told.add("reset");
    }
  }
}
