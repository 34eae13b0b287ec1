package dev.lyrebird.cluster;

import static dev.lyrebird.cluster.RunningTable.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What event loops ask of a table on its own thread, and what they are told. */
final class TableClientTest {
  private static final int WRITES = 2000;

  private final RunningTable running =
      new RunningTable("type T @table @export { id: ID @primaryKey }");
  private final TestLoop loop = running.loop();

  @AfterEach
  void close() {
    running.close();
    assertEquals(List.of(), List.copyOf(running.faults));
  }

  @Test
  void outcomesComeInTheOrderOfTheWritesOfEachLoop() {
    TestLoop other = running.loop();
    BlockingQueue<List<Integer>> done = new LinkedBlockingQueue<>();
    for (TestLoop one : List.of(loop, other)) {
      List<Integer> tokens = new ArrayList<>();
      for (int turn = 0; turn < WRITES; turn += 10) {
        int first = turn;
        one.run((tables, table) -> {
          for (int token = first; token < first + 10; token++) {
            Condition condition = token % 2 == 0 ? Condition.NONE : Condition.ABSENT;
            tables.write(
                table,
                Write.put("r", text("x")),
                condition,
                (outcome, told) -> {
                  assertEquals(told % 2 == 0, outcome instanceof Outcome.Applied);
                  tokens.add(told);
                  if (tokens.size() == WRITES) {
                    done.add(tokens);
                  }
                },
                token);
          }
        });
      }
    }
    List<Integer> expected = IntStream.range(0, WRITES).boxed().toList();
    assertEquals(expected, RunningTable.await(done));
    assertEquals(expected, RunningTable.await(done));
  }

  @Test
  void writesThatNobodyWaitsForComeInBetween() {
    BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
    for (int i = 0; i < 100; i++) {
      int token = i;
      loop.run((tables, table) ->
          tables.write(
              table,
              Write.put("r" + token, text("x")),
              Condition.KNOWING,
              token % 3 == 0 ? (outcome, at) -> told.add(at) : null,
              token));
    }
    for (int i = 0; i < 100; i += 3) {
      assertEquals(i, RunningTable.await(told));
    }
    loop.await();
    assertEquals(100, running.store.progress().head().position());
  }

  @Test
  void writesOfOneTurnShareACommit() {
    loop.run((tables, table) -> {
      for (int i = 0; i < 100; i++) {
        tables.write(table, Write.put("r" + i, text("x")), Condition.NONE, null, 0);
      }
    });
    loop.await();
    assertEquals(100, running.store.progress().head().position());
    assertEquals(1, running.commits.get());
  }

  @Test
  void writesThatArriveWhileOneCommitRunsShareTheNext() throws InterruptedException {
    CountDownLatch committing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    running.beforeCommit =
        () -> {
          committing.countDown();
          await(goOn);
        };
    List<TestLoop> loops = List.of(loop, running.loop(), running.loop());
    put(loop, "first");
    committing.await();
    for (int i = 0; i < 30; i++) {
      put(loops.get(i % loops.size()), "r" + i);
    }
    loops.forEach(TestLoop::awaitSent);
    goOn.countDown();
    loops.forEach(TestLoop::await);
    assertEquals(31, running.store.progress().head().position());
    assertEquals(2, running.commits.get());
  }

  private static void put(TestLoop loop, String id) {
    loop.run(
        (tables, table) -> tables.write(table, Write.put(id, text("x")), Condition.NONE, null, 0));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCommitOfLargeWritesTakesOnlySoMany() throws InterruptedException {
    CountDownLatch committing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    running.beforeCommit =
        () -> {
          committing.countDown();
          await(goOn);
        };
    put(loop, "first");
    committing.await();
    Payload mebibyte = Payload.of(new byte[1 << 20]);
    for (int i = 0; i < 32; i++) {
      loop.run((tables, table) ->
          tables.write(table, Write.message("t", mebibyte), Condition.NONE, null, 0));
      loop.awaitSent();
    }
    goOn.countDown();
    loop.await();
    assertTrue(running.commits.get() >= 4, () -> running.commits + " commits");
  }

  @Test
  void whatIsAskedAfterAWriteSeesIt() {
    for (int i = 0; i < 50; i++) {
      String value = "value " + i;
      Row row =
          loop.ask((tables, table, answer) -> {
            tables.write(table, Write.put("r", text(value)), Condition.NONE, null, 0);
            tables.read(table, "r", read -> answer.accept(Objects.requireNonNull(read)));
          });
      assertEquals(text(value), row.payload());
    }
  }

  @Test
  void historyIsReadPageByPageUpToWhereItEndedAtFirst() {
    loop.run((tables, table) -> {
      for (int i = 0; i < WRITES; i++) {
        tables.write(
            table, Write.message(i % 4 == 0 ? "a" : "b/" + i, text("x")), Condition.NONE, null, 0);
      }
    });
    loop.await();
    List<String> all = ids(new Tables.HistoryOf("", true, 0, Long.MAX_VALUE));
    assertEquals(WRITES, all.size());
    assertEquals(List.of("a", "b/1", "b/2", "b/3", "a"), all.subList(0, 5));
    assertEquals(
        all.stream().filter(id -> id.startsWith("b/")).limit(700).toList(),
        ids(new Tables.HistoryOf("b/", true, 0, 700)));
    assertEquals(
        all.stream().filter("a"::equals).toList(),
        ids(new Tables.HistoryOf("a", false, 0, Long.MAX_VALUE)));
  }

  /** Reads a history, during which more is written. */
  private List<String> ids(Tables.HistoryOf what) {
    List<String> ids = new ArrayList<>();
    return loop.ask((tables, table, answer) -> {
      List<Tables.Scan> reading = new ArrayList<>();
      reading.add(
          tables.history(
              table,
              what,
              page -> {
                assertEquals(0, page.beginsAt());
                page.entries().forEach(entry -> ids.add(entry.id()));
                if (page.isLast()) {
                  answer.accept(ids);
                } else {
                  tables.write(table, Write.message("late", text("x")), Condition.NONE, null, 0);
                  reading.getFirst().more();
                }
              }));
    });
  }

  @Test
  void severalWritesAreCarriedOutAllOrNone() {
    List<Write> writes = List.of(Write.put("a", text("1")), Write.put("b", text("2")));
    assertEquals(
        List.of(true, true),
        writeAll(writes).stream().map(outcome -> outcome instanceof Outcome.Applied).toList());
    List<Outcome> refused = writeAll(List.of(Write.put("c", text("3")), Write.put("a", text("4"))));
    assertEquals(new Outcome.Unchanged(null), refused.get(0));
    assertInstanceOf(Outcome.Refused.class, refused.get(1));
    assertEquals(List.of("a", "b"), rows("").stream().map(Row::id).toList());
  }

  private List<Outcome> writeAll(List<Write> writes) {
    return loop.ask((tables, table, answer) ->
        tables.writeAll(table, writes, Condition.ABSENT, Confirmation.AS_DEMANDED, answer));
  }

  @Test
  void rowsComeInPagesAndInOrder() {
    for (int i = 0; i < 1000; i++) {
      put(loop, "a/%04d".formatted(i));
    }
    put(loop, "b/0");
    List<String> ids = IntStream.range(0, 1000).mapToObj("a/%04d"::formatted).toList();
    assertEquals(ids, rows("a/").stream().map(Row::id).toList());
    assertEquals(1001, rows("").size());
    assertEquals(List.of(), rows("c/"));
  }

  private List<Row> rows(String prefix) {
    return loop.ask((tables, table, answer) -> {
      List<Row> all = new ArrayList<>();
      Tables.Scan[] scan = new Tables.Scan[1];
      scan[0] =
          tables.scan(
              table,
              prefix,
              (rows, last) -> {
                assertTrue(rows.size() <= 256);
                all.addAll(rows);
                if (last) {
                  answer.accept(all);
                } else {
                  scan[0].more();
                }
              });
    });
  }

  @Test
  void aReadingThatIsGivenUpTellsNoMore() {
    for (int i = 0; i < 600; i++) {
      put(loop, "r" + i);
    }
    List<Integer> pages = new ArrayList<>();
    loop.ask((tables, table, answer) -> {
      Tables.Scan[] scan = new Tables.Scan[1];
      scan[0] =
          tables.scan(
              table,
              "",
              (rows, last) -> {
                pages.add(rows.size());
                scan[0].more();
                scan[0].close();
                scan[0].close();
                scan[0].more();
                tables.read(table, "r0", row -> answer.accept(true));
              });
    });
    assertEquals(List.of(256), pages);
  }

  @Test
  void freshIdsAreGivenByTheKindOfTheKey() {
    assertEquals("fresh", loop.nextId());
    try (RunningTable numbered =
        new RunningTable("type N @table @export { id: Int @primaryKey }")) {
      TestLoop one = numbered.loop();
      one.write(Write.put("7", text("x")));
      assertEquals("8", one.nextId());
      assertEquals("9", one.nextId());
    }
  }

  @Test
  void whereTheStorageFailsWritesAreRefusedAndLaterOnesTaken() {
    running.isBroken = true;
    Outcome.Refused refused =
        assertInstanceOf(Outcome.Refused.class, loop.write(Write.put("r", text("lost"))));
    assertEquals(Refusal.Reason.FAULT, refused.refusal().reason());
    List<Outcome> all = writeAll(List.of(Write.put("a", text("1")), Write.put("b", text("2"))));
    assertEquals(2, all.stream().filter(Outcome.Refused.class::isInstance).count());

    running.isBroken = false;
    assertInstanceOf(Outcome.Applied.class, loop.write(Write.put("r", text("kept"))));
    assertEquals(List.of(text("kept")), rows("").stream().map(Row::payload).toList());
  }

  @Test
  void whatIsReceivedIsKnownUntilItIsReleased() {
    Reception one = new Reception(3, 1, 1);
    Reception two = new Reception(3, 2, 2);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    loop.run((tables, table) -> {
      receive(tables, table, one, told);
      receive(tables, table, two, told);
      tables.receptions(table, 3, all -> told.add(all.size() + " received"));
    });
    loop.run((tables, table) -> {
      tables.release(table, List.of(one), () -> told.add("released"));
      receive(tables, table, one, told);
      tables.release(table, List.of(two), () -> told.add("released"));
      tables.receptions(table, 3, all -> told.add(all + " received"));
      tables.receptions(table, 4, all -> told.add(all + " received"));
    });
    assertEquals(
        List.of(
            "applied 1",
            "applied 2",
            "2 received",
            "released",
            "applied 1",
            "released",
            List.of(one) + " received",
            "[] received"),
        IntStream.range(0, 8).mapToObj(i -> RunningTable.await(told)).toList());
  }

  @Test
  void releasesOfOneTurnTravelTogetherBehindItsWrites() {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    loop.run((tables, table) -> {
      for (int packetId = 1; packetId <= 100; packetId++) {
        Reception received = new Reception(3, 1, packetId);
        receive(tables, table, received, told);
        tables.release(table, List.of(received), () -> told.add("released"));
      }
    });
    for (int packetId = 1; packetId <= 100; packetId++) {
      assertEquals("applied " + packetId, RunningTable.await(told));
    }
    for (int i = 0; i < 100; i++) {
      assertEquals("released", RunningTable.await(told));
    }
    assertEquals(1, running.commits.get());
    assertEquals(List.of(), running.store.receptions(3));
  }

  private static void receive(
      TableClient tables, TableDefinition table, Reception reception, BlockingQueue<String> told) {
    tables.write(
        table,
        Write.message("t", text("x")),
        Condition.NONE,
        Confirmation.AS_DEMANDED,
        reception,
        (outcome, packetId) -> {
          assertInstanceOf(Outcome.Applied.class, outcome);
          told.add("applied " + packetId);
        },
        reception.packetId());
  }

  @Test
  void aTableThatIsTakenDownHasStoredItsRows() {
    loop.write(Write.put("r", text("x")));
    running.close();
    assertEquals(1, running.store.progress().settled().position());
    assertNotNull(running.store.row("r"));
  }
}
