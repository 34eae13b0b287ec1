package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.QueryParser;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.resource.Tables;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queries of an event loop, carried out by a table within its bounds. */
final class QueriesTest {

  private static final int ROWS = 1500;

  private final RunningTable running =
      new RunningTable("type T @table @export { id: ID @primaryKey n: Int }");
  private final TestLoop loop = running.loop();

  @BeforeEach
  void fill() {
    fill(0, ROWS);
  }

  private void fill(int from, int to) {
    for (int i = from; i < to - 1; i++) {
      Write put = put(i);
      loop.run((tables, table) -> tables.write(table, put, Condition.NONE, null, 0));
    }
    loop.write(put(to - 1));
  }

  private static Write put(int i) {
    byte[] content =
        "{\"n\":%d,\"text\":\"%s\"}".formatted(i, "x".repeat(600)).getBytes(StandardCharsets.UTF_8);
    return Write.put("r%05d".formatted(i), Payload.json(content));
  }

  @AfterEach
  void close() {
    running.close();
    assertEquals(List.of(), List.copyOf(running.faults));
  }

  @Test
  void pagesComeOneForEachTimeTheLoopAsks() {
    Asked all = ask("");

    List<Row> found = new ArrayList<>(all.page());
    assertTrue(found.size() < ROWS / 2, () -> found.size() + " rows at once");
    while (all.report == null) {
      all.more();
      found.addAll(all.page());
    }

    assertEquals(ROWS, found.size());
    assertEquals("r01499", found.getLast().id());
    assertEquals(ROWS, all.report.rowsReturned());
  }

  @Test
  void pagesWithoutRowsAreNotTold() {
    Asked last = ask("n=1499");

    assertEquals(List.of("r01499"), last.page().stream().map(Row::id).toList());
    assertEquals(ROWS, Objects.requireNonNull(last.report).rowsRead());
  }

  @Test
  void rowsStandAsTheyStoodWhenTheQueryBegan() {
    Asked all = ask("");
    List<Row> found = new ArrayList<>(all.page());
    loop.write(Write.delete("r01499"));
    while (all.report == null) {
      all.more();
      found.addAll(all.page());
    }

    assertEquals(ROWS, found.size());
  }

  @Test
  void scanThatReadsTooManyRowsIsRefused() {
    assertEquals(1, ask("n=3").page().size());
    fill(ROWS, 2002);

    assertRefused(ask("n=3"), "queries.maxScannedRows");
    assertRefused(ask("sort(n)&limit(1)"), "queries.maxScannedRows");
    assertRefused(ask("n=2001&limit(1)"), "queries.maxScannedRows");
    assertEquals(1, ask("n=3&limit(1)").page().size());
    assertEquals(List.of("r00000"), ask("limit(1)").page().stream().map(Row::id).toList());
  }

  @Test
  void sortThatTakesTooMuchMemoryIsRefused() {
    assertRefused(ask("sort(-n)"), "queries.maxSortedBytes");
    assertEquals("r01499", ask("sort(-n)&limit(1)").page().getFirst().id());
  }

  @Test
  void queriesBeyondTheirNumberAreRefusedUntilOneEnds() {
    List<Asked> open = List.of(ask(""), ask(""), ask(""));
    open.forEach(Asked::page);

    Asked fourth = ask("");
    assertEquals(Refusal.Reason.OVERLOADED, fourth.refusal().reason());
    open.getFirst().close();
    assertEquals("r00000", ask("").page().getFirst().id());
  }

  private static void assertRefused(Asked asked, String detail) {
    Refusal refusal = asked.refusal();
    assertEquals(Refusal.Reason.BAD_REQUEST, refusal.reason());
    assertTrue(refusal.detail().contains(detail), refusal.detail());
  }

  private Asked ask(String text) {
    Asked asked = new Asked();
    loop.run((tables, table) -> {
      RowQuery query = RowQuery.of("", QueryParser.parse(text, Set.of()).query(), table);
      asked.reading = tables.query(table, query, asked);
    });
    return asked;
  }

  /** A query, and what it was told. Its fields belong to whoever awaits an answer. */
  private final class Asked implements Tables.QuerySink {
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private Tables.@Nullable Scan reading;
    private volatile @Nullable QueryReport report;

    @Override
    public void rows(List<Row> rows, boolean last) {
      told.add(rows);
    }

    @Override
    public void report(QueryReport how) {
      report = how;
    }

    @Override
    public void refused(Refusal refusal) {
      told.add(refusal);
    }

    void more() {
      loop.run((tables, table) -> Objects.requireNonNull(reading).more());
    }

    void close() {
      loop.run((tables, table) -> Objects.requireNonNull(reading).close());
    }

    @SuppressWarnings("unchecked")
    List<Row> page() {
      return (List<Row>) RunningTable.await(told);
    }

    Refusal refusal() {
      return (Refusal) RunningTable.await(told);
    }
  }
}
