package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Change;
import dev.lyrebird.api.Changes;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Row;
import dev.lyrebird.api.Rows;
import dev.lyrebird.api.Table;
import dev.lyrebird.hosting.HostedTables;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables of users' code over a real one. */
final class UsersTablesTest {

  private static final int THREADS = 200;
  private static final int INCREMENTS = 20;
  private static final int MANY = 20_000;
  private static final Duration SOON = Duration.ofSeconds(30);

  private final RunningTable running =
      new RunningTable("type T @table @export { id: ID @primaryKey n: Int }");
  private final TestLoop loop = running.loop();
  private final Table table = tables(loop).table("T");

  record Numbered(int n) {}

  private static HostedTables tables(TestLoop loop) {
    return loop.ask((client, definition, answer) ->
        answer.accept(
            new HostedTables(task -> loop.run((_, _) -> task.run()), client, new Random(1))));
  }

  @AfterEach
  void close() {
    running.close();
    assertEquals(List.of(), List.copyOf(running.faults));
  }

  @Test
  void incrementsOfManyThreadsAllCount() throws InterruptedException {
    table.put("n", new Numbered(0));
    Map<String, Object> plusOne = Map.of("n", Map.of("__op__", "add", "value", 1));
    Set<String> versions = ConcurrentHashMap.newKeySet();
    inThreads(() -> {
      for (int i = 0; i < INCREMENTS; i++) {
        versions.add(table.patch("n", plusOne).version());
      }
    });
    assertEquals(
        new Numbered(THREADS * INCREMENTS), Objects.requireNonNull(table.get("n", Numbered.class)));
    assertEquals(THREADS * INCREMENTS, versions.size());
  }

  @Test
  void rowIsCreatedByOneOfManyThreads() throws InterruptedException {
    Set<String> winners = ConcurrentHashMap.newKeySet();
    inThreads(() -> {
      try {
        winners.add(table.insert("one", new Numbered(1)).version());
      } catch (ProblemException e) {
        assertEquals(409, e.status());
      }
    });
    assertEquals(1, winners.size());
  }

  private static void inThreads(Runnable work) throws InterruptedException {
    List<Throwable> faults = new ArrayList<>();
    List<Thread> threads =
        IntStream.range(0, THREADS)
            .mapToObj(number ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        work.run();
                      } catch (Throwable fault) {
                        synchronized (faults) {
                          faults.add(fault);
                        }
                      }
                    }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), faults);
  }

  @Test
  void privateTableHasNoTopicThatAClientCouldName() {
    TableDefinition secret =
        Schema.parse(List.of(new Source("s.graphql", "type Secret @table { id: ID @primaryKey }")))
            .tables()
            .getFirst();
    assertNotNull(TopicFilter.topicFault(TableClient.channel(secret).topic("a")));
  }

  @Test
  void deletedRowIsNotThereAnyMore() {
    assertEquals(false, table.delete("a"));
    table.put("a", new Numbered(1));
    assertEquals(true, table.delete("a"));
    assertEquals(false, table.delete("a"));
  }

  @Test
  void whoReadsSlowlyGetsAllInOrderFromTheJournal() throws InterruptedException {
    try (Changes changes = table.follow("", "")) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < MANY; i++) {
                  table.put("r" + i % 100, new Numbered(i));
                }
              });
      writer.join();
      for (int i = 0; i < MANY; i++) {
        Change change = Objects.requireNonNull(changes.next(SOON), "nothing after " + i);
        assertEquals("r" + i % 100, change.id());
        assertEquals(new Numbered(i), change.as(Numbered.class));
      }
    }
  }

  @Test
  void rowsOfManyPagesAreDeletedByACondition() {
    table.putAll(
        IntStream.range(0, 1500)
            .mapToObj(i -> Map.of("id", "r%05d".formatted(i), "n", i % 10))
            .toList());
    assertEquals(1350, table.deleteAll("r", "n=ge=1"));
    try (Rows<Row> left = table.query("n=0")) {
      assertEquals(150, left.toList().size());
    }
    assertEquals(0, table.deleteAll("", "n=ge=1"));
  }

  @Test
  void rowsOfManyPagesAreReadWhileOthersWrite() throws InterruptedException {
    for (int i = 0; i < 3000; i++) {
      table.put("r%05d".formatted(i), new Numbered(i));
    }
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 1000; i++) {
                table.put("r%05d".formatted(i * 3), new Numbered(-1));
              }
            });
    try (Rows<Row> rows = table.rows()) {
      int at = 0;
      for (Row row : rows) {
        assertEquals("r%05d".formatted(at++), row.id());
      }
      assertEquals(3000, at);
    }
    writer.join();
  }

  @Test
  void readingsThatAreClosedMakeRoomForOthers() {
    for (int i = 0; i < 2500; i++) {
      table.put("r%05d".formatted(i), Map.of("text", "x".repeat(600)));
    }
    for (int i = 0; i < 20; i++) { // three may be under way
      try (Rows<Row> rows = table.rows()) {
        assertTrue(rows.iterator().hasNext());
      }
    }
  }
}
