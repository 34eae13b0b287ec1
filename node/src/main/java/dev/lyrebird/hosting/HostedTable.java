package dev.lyrebird.hosting;

import dev.lyrebird.api.Changes;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Row;
import dev.lyrebird.api.Rows;
import dev.lyrebird.api.Table;
import dev.lyrebird.api.Written;
import dev.lyrebird.format.Content;
import dev.lyrebird.format.Format;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.Query;
import dev.lyrebird.relation.RowDeletion;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One table as users' code reaches it: each call is carried out on the event loop. */
final class HostedTable implements Table {

  private final LoopCalls calls;
  private final LoopTables loop;
  private final int index;
  private final String name;

  /**
   * @param index by which the loop knows the table
   * @param name of its type
   */
  HostedTable(LoopCalls calls, LoopTables loop, int index, String name) {
    this.calls = calls;
    this.loop = loop;
    this.index = index;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  /** What became of a write, and of which row. */
  record Done(String id, Outcome outcome) {}

  @Override
  public @Nullable Row row(String id, String query) {
    Query wanted = UserQueries.ofRow(query);
    return calls.askLater(() -> loop.row(checked(id), id, wanted)).orElse(null);
  }

  @Override
  public @Nullable Row at(String path, String query) {
    Query wanted = UserQueries.ofRow(query);
    return calls.askLater(() -> loop.at(definition(), path, wanted)).orElse(null);
  }

  @Override
  public Written put(String id, Object row) {
    return put(id, row, Condition.KNOWING);
  }

  @Override
  public Written putIf(String id, Object row, String version) {
    return put(id, row, unchanged(version));
  }

  @Override
  public Written insert(String id, Object row) {
    return put(id, row, Condition.ABSENT);
  }

  private Written put(String id, Object row, Condition condition) {
    return write(
        id,
        Message.of(row),
        (reader, content, bytes) -> Write.put(id, reader.row(id, content, bytes)),
        condition);
  }

  @Override
  public Written insert(Object row) {
    Message message = Message.of(row);
    return written(
        calls.<Done>askLater(() -> {
          TableDefinition table = definition();
          return NewRows.named(loop, table, message)
              .thenCompose(write -> {
                CompletableFuture<Done> done = new CompletableFuture<>();
                write(table, write, Condition.ABSENT, done);
                return done;
              });
        }));
  }

  @Override
  public List<Written> insertAll(List<?> rows) {
    return writeAll(rows, Condition.ABSENT, NewRows::named);
  }

  @Override
  public List<Written> putAll(List<?> rows) {
    return writeAll(rows, Condition.KNOWING, NewRows::ownName);
  }

  private List<Written> writeAll(List<?> rows, Condition condition, NewRows.Naming naming) {
    List<Message> messages = rows.stream().map(Message::of).toList();
    List<Done> done =
        calls.askLater(() -> NewRows.writeAll(loop, definition(), messages, condition, naming));
    return done.stream().map(HostedTable::written).toList();
  }

  @Override
  public Written patch(String id, Object attributes) {
    return patch(id, attributes, Condition.EXISTS);
  }

  @Override
  public Written patchIf(String id, Object attributes, String version) {
    return patch(id, attributes, unchanged(version));
  }

  private Written patch(String id, Object attributes, Condition condition) {
    return write(
        id,
        Message.of(attributes),
        (reader, content, bytes) -> {
          if (content instanceof Content.Opaque(var mediaType)) {
            throw new RefusedException(
                Refusal.of(
                    Refusal.Reason.UNSUPPORTED_TYPE,
                    "what is merged into a row is of type %s, not %s"
                        .formatted(Format.names(Format.OF_VALUES), mediaType)));
          }
          return Write.patch(id, reader.patch(id, content, bytes));
        },
        condition);
  }

  @Override
  public boolean delete(String id) {
    Outcome outcome = write(id, table -> Write.delete(id), Condition.EXISTS).outcome();
    boolean isAbsent =
        outcome instanceof Outcome.Refused(var refusal)
            && refusal.reason() == Refusal.Reason.NOT_FOUND;
    if (!isAbsent) {
      written(new Done(id, outcome));
    }
    return !isAbsent;
  }

  @Override
  public void deleteIf(String id, String version) {
    written(write(id, table -> Write.delete(id), unchanged(version)));
  }

  /** No page takes longer than a single call may; all of them together may well. */
  @Override
  public long deleteAll(String prefix, String query) {
    Query which = UserQueries.ofRows(query);
    RowDeletion deletion =
        calls.askLater(() -> {
          TableDefinition table = definition();
          return loop.joined()
              .deletion(table, prefix, which, loop.views().of(table), Confirmation.AS_DEMANDED);
        });
    try {
      RowDeletion.Progress progress = calls.askLater(deletion::nextPage);
      while (!progress.isLast()) {
        progress = calls.askLater(deletion::nextPage);
      }
      return progress.deleted();
    } finally {
      calls.tell(deletion::close);
    }
  }

  @Override
  public void publish(String id, Object message) {
    write(
        id,
        Message.of(message),
        (reader, content, bytes) -> Write.message(id, RowReader.message(content, bytes)),
        Condition.NONE);
  }

  /** What is asked of a row by sending content. */
  @FunctionalInterface
  private interface Asked {
    Write by(RowReader reader, Content content, byte[] bytes);
  }

  private Written write(String id, Message message, Asked asked, Condition condition) {
    Content content = content(message);
    return written(
        write(
            id, table -> asked.by(loop.readers().of(table), content, message.bytes()), condition));
  }

  private Done write(String id, Function<TableDefinition, Write> write, Condition condition) {
    return calls.ask(answer -> {
      TableDefinition table = checked(id);
      write(table, write.apply(table), condition, answer);
    });
  }

  private void write(
      TableDefinition table, Write write, Condition condition, CompletableFuture<Done> answer) {
    loop.tables()
        .write(
            table,
            write,
            condition,
            (outcome, token) -> answer.complete(new Done(write.id(), outcome)),
            0);
  }

  private static Written written(Done done) {
    return switch (done.outcome()) {
      case Outcome.Applied(var version, var created) ->
          new Written(done.id(), version.tag(), created);
      case Outcome.Unchanged(var version) ->
          new Written(done.id(), version == null ? "" : version.tag(), false);
      case Outcome.Refused(var refusal) -> throw Problems.of(refusal);
    };
  }

  /** That the row is there in one version: what users' code has as text stays text. */
  private static Condition unchanged(String expected) {
    return version ->
        version == null
            ? failed("there is no such row any more")
            : version.tag().equals(expected) ? null : failed("the row has changed since");
  }

  private static Refusal failed(String detail) {
    return Refusal.of(Refusal.Reason.PRECONDITION_FAILED, detail);
  }

  private static Content content(Message message) {
    try {
      return Content.ofValue(message.contentType());
    } catch (RefusedException e) {
      throw Problems.of(e.refusal());
    }
  }

  @Override
  public Rows<Row> rows(String prefix, String query) {
    Query wanted = UserQueries.ofRows(query);
    return HostedRows.open(calls, loop, this::definition, prefix, wanted);
  }

  @Override
  public OutgoingMessages changes(String ids, String query) {
    return stream(UserStream.of(ids, query, null));
  }

  @Override
  public OutgoingMessages changes(String ids, Context context) {
    boolean mayComeBack = context.protocol() == Protocol.SSE;
    String lastEventId = mayComeBack ? context.header("Last-Event-ID") : null;
    return stream(UserStream.of(ids, context.queryText(), lastEventId));
  }

  private OutgoingMessages stream(UserStream wanted) {
    calls.<Boolean>ask(answer -> {
      wanted.check(loop, definition());
      answer.complete(true);
    });
    return outgoing -> TableStream.run(calls, loop, this::definition, wanted, outgoing);
  }

  @Override
  public Changes follow(String ids, String query) {
    return HostedChanges.open(calls, loop, this::definition, UserStream.of(ids, query, null));
  }

  /** Returns the table as it is defined now. Called on the loop. */
  private TableDefinition definition() {
    return loop.tables().definition(index);
  }

  private TableDefinition checked(String id) {
    TableDefinition table = definition();
    RowIds.check(table, id);
    return table;
  }
}
