package dev.lyrebird.hosting;

import dev.lyrebird.api.Message;
import dev.lyrebird.format.Content;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes rows of users' code that come without an id beside them. On the event loop. */
final class NewRows {

  /** As many as REST takes by default; the table carries them out in one turn. */
  static final int MOST_ROWS = 10_000;

  /** Nobody reads more faults. */
  private static final int MOST_FAULTS = 100;

  private NewRows() {}

  /** Finds which row a message is. */
  @FunctionalInterface
  interface Naming {
    CompletableFuture<Write> write(LoopTables loop, TableDefinition table, Message row);
  }

  /** Returns the write of a row under the id that it holds as its key, or else a fresh one. */
  static CompletableFuture<Write> named(LoopTables loop, TableDefinition table, Message row) {
    String own = ownId(loop, table, row);
    CompletableFuture<String> id = new CompletableFuture<>();
    if (own != null) {
      id.complete(own);
    } else {
      loop.tables().nextId(table, id::complete);
    }
    return id.thenApply(known -> put(loop, table, known, row));
  }

  /** Returns the write of a row under the id that it holds as its key. */
  static CompletableFuture<Write> ownName(LoopTables loop, TableDefinition table, Message row) {
    String own = ownId(loop, table, row);
    if (own == null) {
      throw new RefusedException(
          Refusal.of(Refusal.Reason.BAD_REQUEST, "it lacks its key " + table.key().attribute()));
    }
    return CompletableFuture.completedFuture(put(loop, table, own, row));
  }

  private static Write put(LoopTables loop, TableDefinition table, String id, Message row) {
    RowIds.check(table, id);
    Content content = Content.ofValue(row.contentType());
    return Write.put(id, loop.readers().of(table).row(id, content, row.bytes()));
  }

  private static @Nullable String ownId(LoopTables loop, TableDefinition table, Message row) {
    if (Content.ofValue(row.contentType()) instanceof Content.Formatted(var format, var type)) {
      byte[] json = format.toJson(row.bytes());
      return RowReader.isObject(json) ? loop.readers().of(table).idIn(json) : null;
    }
    return null;
  }

  /**
   * Writes rows, all or none.
   *
   * @return what became of each; fails with a {@link RefusedException} that tells of all that are
   *     at fault
   */
  static CompletableFuture<List<HostedTable.Done>> writeAll(
      LoopTables loop,
      TableDefinition table,
      List<Message> rows,
      Condition condition,
      Naming naming) {
    if (rows.size() > MOST_ROWS) {
      throw new RefusedException(
          Refusal.of(
              Refusal.Reason.TOO_LARGE, "at most %d rows are taken at once".formatted(MOST_ROWS)));
    }
    List<CompletableFuture<Write>> writes = new ArrayList<>(rows.size());
    Faults faults = new Faults();
    for (int i = 0; i < rows.size(); i++) {
      try {
        writes.add(naming.write(loop, table, rows.get(i)));
      } catch (RefusedException e) {
        faults.add(i, e.refusal());
      }
    }
    faults.throwIfAny();
    return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
        .thenCompose(nothing ->
            writeAll(
                loop, table, writes.stream().map(CompletableFuture::join).toList(), condition));
  }

  private static CompletableFuture<List<HostedTable.Done>> writeAll(
      LoopTables loop, TableDefinition table, List<Write> writes, Condition condition) {
    CompletableFuture<List<Outcome>> told = new CompletableFuture<>();
    if (writes.isEmpty()) {
      told.complete(List.of());
    } else {
      loop.tables().writeAll(table, writes, condition, Confirmation.AS_DEMANDED, told::complete);
    }
    return told.thenApply(outcomes -> {
      Faults faults = new Faults();
      List<HostedTable.Done> done = new ArrayList<>(outcomes.size());
      for (int i = 0; i < outcomes.size(); i++) {
        if (outcomes.get(i) instanceof Outcome.Refused(var refusal)) {
          faults.add(i, refusal);
        }
        done.add(new HostedTable.Done(writes.get(i).id(), outcomes.get(i)));
      }
      faults.throwIfAny();
      return done;
    });
  }

  /** What is wrong with some rows. The first fault decides what kind of refusal it is. */
  private static final class Faults {

    private final List<String> details = new ArrayList<>();
    private Refusal.@Nullable Reason reason;
    private int left;

    void add(int row, Refusal refusal) {
      reason = reason == null ? refusal.reason() : reason;
      if (details.size() < MOST_FAULTS) {
        details.add("row %d: %s".formatted(row, Problems.of(refusal).detail()));
      } else {
        left++;
      }
    }

    void throwIfAny() {
      if (reason != null) {
        String more = left == 0 ? "" : "; and %d more".formatted(left);
        throw new RefusedException(
            Refusal.of(
                reason,
                (reason == Refusal.Reason.UNCONFIRMED ? "" : "no row was written; ")
                    + String.join("; ", details)
                    + more));
      }
    }
  }
}
