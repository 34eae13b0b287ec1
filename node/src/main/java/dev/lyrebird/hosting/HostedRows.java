package dev.lyrebird.hosting;

import dev.lyrebird.api.Row;
import dev.lyrebird.api.Rows;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.query.Query;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a query finds. Of what is read, one page is held. Owned by the thread that takes them;
 * any may close.
 */
final class HostedRows implements Rows<Row> {

  private final LoopCalls calls;
  private final Reading reading;
  private final Cleaner.Cleanable end;
  private Page page;
  private int at;

  /** Some rows, and whether there are no more. */
  private record Page(List<Row> rows, boolean isLast) {}

  private HostedRows(LoopCalls calls, Reading reading, Page first) {
    this.calls = calls;
    this.reading = reading;
    this.page = first;
    this.end = Forgotten.endOf(this, () -> calls.tell(reading::close));
  }

  /** Begins to read, and waits for the first page. */
  static HostedRows open(
      LoopCalls calls,
      LoopTables loop,
      Supplier<TableDefinition> definition,
      String prefix,
      Query query) {
    Reading reading = new Reading();
    try {
      Page first =
          calls.ask(answer -> reading.begin(loop, definition.get(), prefix, query, answer));
      return new HostedRows(calls, reading, first);
    } catch (RuntimeException e) {
      calls.tell(reading::close);
      throw e;
    }
  }

  @Override
  public Iterator<Row> iterator() {
    return new Iterator<>() {

      @Override
      public boolean hasNext() {
        while (at == page.rows().size() && !page.isLast()) {
          turn();
        }
        return at < page.rows().size();
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException("all rows were taken");
        }
        return page.rows().get(at++);
      }
    };
  }

  private void turn() {
    Page next = new Page(List.of(), true); // a reading that has failed ends
    try {
      next = calls.ask(reading::next);
    } finally {
      page = next;
      at = 0;
      if (next.isLast()) {
        end.clean();
      }
    }
  }

  @Override
  public void close() {
    page = new Page(List.of(), true);
    at = 0;
    end.clean();
  }

  /** The reading under way. Owned by the event loop. */
  private static final class Reading implements Tables.QuerySink {

    private @Nullable Function<List<dev.lyrebird.journal.Row>, CompletableFuture<List<byte[]>>>
        shown;

    private Tables.@Nullable Scan scan;
    private CompletableFuture<Page> asked = new CompletableFuture<>();
    private boolean isClosed;

    void begin(
        LoopTables loop,
        TableDefinition table,
        String prefix,
        Query query,
        CompletableFuture<Page> first) {
      asked = first;
      shown = loop.joined().shown(query, table, loop.views().of(table));
      var _ =
          loop.joined()
              .typed(table, prefix, query)
              .whenComplete((wanted, fault) -> {
                if (fault != null) {
                  first.completeExceptionally(fault);
                } else if (!isClosed) {
                  LoopCalls.attempt(first, () -> scan = loop.tables().query(table, wanted, this));
                }
              });
    }

    void next(CompletableFuture<Page> answer) {
      if (isClosed || scan == null) {
        answer.complete(new Page(List.of(), true));
        return;
      }
      asked = answer;
      scan.more();
    }

    @Override
    public void rows(List<dev.lyrebird.journal.Row> rows, boolean isLast) {
      CompletableFuture<Page> answer = asked;
      if (shown == null) {
        throw new IllegalStateException("a page came before its reading began");
      }
      var asShown = shown;
      LoopCalls.attempt(
          answer,
          () -> {
            var _ =
                asShown
                    .apply(rows)
                    .whenComplete((json, fault) -> {
                      if (fault != null) {
                        answer.completeExceptionally(fault);
                      } else {
                        answer.complete(page(rows, json, isLast));
                      }
                    });
          });
    }

    private static Page page(
        List<dev.lyrebird.journal.Row> rows, List<byte[]> json, boolean isLast) {
      List<Row> page = new ArrayList<>(rows.size());
      for (int i = 0; i < rows.size(); i++) {
        page.add(ShownRows.of(rows.get(i), json.get(i)));
      }
      return new Page(page, isLast);
    }

    @Override
    public void refused(Refusal refusal) {
      asked.completeExceptionally(new RefusedException(refusal));
    }

    void close() {
      isClosed = true;
      if (scan != null) {
        scan.close();
      }
    }
  }
}
