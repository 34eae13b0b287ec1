package dev.lyrebird.http;

import dev.lyrebird.format.Content;
import dev.lyrebird.format.Format;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Export;
import dev.lyrebird.schema.KeyType;
import dev.lyrebird.schema.TableDefinition;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Answers writes to a whole table: POST of a new row, PUT and POST of an array of rows. Owned by
 * one event loop. An array is written as a whole or not at all.
 */
final class CollectionWrites {

  private static final String NOT_WRITTEN = "none of the rows was written, for some are at fault";

  private final Tables tables;
  private final PerTable<RowReader> readers;
  private final HttpSettings settings;

  CollectionWrites(Tables tables, PerTable<RowReader> readers, HttpSettings settings) {
    this.tables = tables;
    this.readers = readers;
    this.settings = settings;
  }

  /**
   * Creates a row, or each row of an array: none of them may be there. Rows that come a line each
   * are imported.
   */
  void post(Exchange exchange, TableDefinition table) {
    Content content = content(exchange);
    if (content instanceof Content.Formatted(var format, var mediaType) && format.isOfRows()) {
      RowImport.begin(exchange, tables, table, readers.of(table), format, settings);
      return;
    }
    read(
        exchange,
        table,
        content,
        json -> {
          List<byte[]> rows = RowReader.elements(json, settings.maxRows());
          if (rows == null) {
            create(exchange, table, json);
          } else {
            RowBatch batch = batch(table, rows);
            if (pass(exchange, batch)) {
              name(exchange, table, batch, () -> createAll(exchange, table, batch));
            }
          }
        });
  }

  /** Replaces or creates each row of an array. */
  void put(Exchange exchange, TableDefinition table) {
    read(
        exchange,
        table,
        content(exchange),
        json -> {
          List<byte[]> rows = RowReader.elements(json, settings.maxRows());
          if (rows == null) {
            exchange.problem(
                Problem.of(400, "PUT of a table takes an array; PUT one row at its own path"));
            return;
          }
          RowBatch batch = batch(table, rows);
          batch.demandIds();
          if (pass(exchange, batch)) {
            writeAll(exchange, table, batch.writes(), Condition.KNOWING, () -> exchange.empty(204));
          }
        });
  }

  /** Tells what the content is, if a table takes it. */
  private static Content content(Exchange exchange) {
    Content content = Content.of(exchange.header(HttpHeaders.CONTENT_TYPE), Format.ALL);
    if (content instanceof Content.Opaque(var mediaType)) {
      throw refused(
          Refusal.Reason.UNSUPPORTED_TYPE,
          "a table takes rows as one of %s, not %s".formatted(Format.names(Format.ALL), mediaType));
    }
    if (!Preconditions.of(exchange.request().headers(), true).isEmpty()) {
      throw refused(
          Refusal.Reason.BAD_REQUEST,
          "conditions are about one row; send them with a write to its own path");
    }
    return content;
  }

  private static RefusedException refused(Refusal.Reason reason, String detail) {
    return new RefusedException(Refusal.of(reason, detail));
  }

  /** Reads the content as JSON, in whatever format it comes. */
  private void read(
      Exchange exchange, TableDefinition table, Content content, Consumer<byte[]> then) {
    BodyReader.read(
        exchange, settings.maxBodyBytes(), bytes -> then.accept(json(content, table, bytes)));
  }

  private byte[] json(Content content, TableDefinition table, byte[] bytes) {
    return content instanceof Content.Formatted(var format, var mediaType)
        ? format.toJson(bytes, readers.of(table).columns())
        : bytes;
  }

  private void create(Exchange exchange, TableDefinition table, byte[] json) {
    if (json.length > settings.maxRowBytes()) {
      exchange.problem(Problem.of(413, "a row has at most " + settings.maxRowBytes() + " bytes"));
      return;
    }
    RowReader reader = readers.of(table);
    String own = RowReader.isObject(json) ? reader.idIn(json) : null;
    if (own != null) {
      RowIds.check(table, own);
      create(exchange, table, own, reader.row(own, Content.JSON, json));
    } else {
      tables.nextId(
          table,
          id ->
              exchange.attempt(
                  () -> create(exchange, table, id, reader.row(id, Content.JSON, json))));
    }
  }

  private void create(Exchange exchange, TableDefinition table, String id, Payload row) {
    tables.write(
        table,
        Write.put(id, row),
        Condition.ABSENT,
        ReplicateTo.confirmation(exchange),
        (outcome, token) ->
            exchange.attempt(() -> {
              switch (outcome) {
                case Outcome.Applied applied -> created(exchange, table, id, applied.version());
                case Outcome.Unchanged unchanged ->
                    throw new IllegalStateException("a new row cannot change nothing");
                case Outcome.Refused refused -> exchange.refuse(refused.refusal());
              }
            }),
        0);
  }

  private static void created(
      Exchange exchange, TableDefinition table, String id, Timestamp version) {
    Export export = Objects.requireNonNull(table.export());
    exchange
        .response()
        .putHeader(HttpHeaders.LOCATION, '/' + RequestPath.encode(export.pathOf(id)));
    exchange.tag(EntityTag.ofVersion(version));
    exchange.json(201, table.key().type().toJson(id).toString());
  }

  private RowBatch batch(TableDefinition table, List<byte[]> rows) {
    return new RowBatch(table, readers.of(table), rows, settings.maxRowBytes());
  }

  /** Lets a batch without faults pass; answers any other. */
  private static boolean pass(Exchange exchange, RowBatch batch) {
    if (!batch.faults().isEmpty()) {
      exchange.problem(Problem.of(422, NOT_WRITTEN).withFaults(batch.faults()));
    }
    return batch.faults().isEmpty();
  }

  /** Gives ids to the rows that have none. */
  private void name(Exchange exchange, TableDefinition table, RowBatch batch, Runnable then) {
    List<Integer> unnamed = batch.unnamed();
    if (unnamed.isEmpty()) {
      then.run();
      return;
    }
    int[] left = {unnamed.size()};
    for (int index : unnamed) {
      tables.nextId(
          table,
          id ->
              exchange.attempt(() -> {
                batch.name(index, id);
                if (--left[0] == 0) {
                  then.run();
                }
              }));
    }
  }

  private void createAll(Exchange exchange, TableDefinition table, RowBatch batch) {
    List<Write> writes = batch.writes();
    KeyType keyType = table.key().type();
    String ids =
        writes.stream()
            .map(write -> keyType.toJson(write.id()).toString())
            .collect(Collectors.joining(",", "[", "]"));
    writeAll(exchange, table, writes, Condition.ABSENT, () -> exchange.json(201, ids));
  }

  /**
   * Writes all rows or none.
   *
   * @param success answers where all were written
   */
  private void writeAll(
      Exchange exchange,
      TableDefinition table,
      List<Write> writes,
      Condition condition,
      Runnable success) {
    Confirmation confirmation = ReplicateTo.confirmation(exchange);
    if (writes.isEmpty()) {
      success.run();
      return;
    }
    tables.writeAll(
        table,
        writes,
        condition,
        confirmation,
        outcomes ->
            exchange.attempt(() -> {
              if (outcomes.stream().noneMatch(Outcome.Refused.class::isInstance)) {
                success.run();
              } else {
                refuse(exchange, outcomes);
              }
            }));
  }

  /** The first refusal decides what kind of problem it is; the list tells of all. */
  private static void refuse(Exchange exchange, List<Outcome> outcomes) {
    Refusal first = null;
    List<Problem.Fault> faults = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof Outcome.Refused refused) {
        first = first == null ? refused.refusal() : first;
        faults.addAll(Problem.Fault.of(Problem.Place.index(i), refused.refusal()));
      }
    }
    switch (Objects.requireNonNull(first).reason()) {
      case OVERLOADED, FAULT, UNCONFIRMED -> exchange.refuse(first); // no row is at fault
      case BAD_REQUEST,
          NOT_FOUND,
          NOT_ALLOWED,
          CONFLICT,
          PRECONDITION_FAILED,
          SCHEMA,
          TOO_LARGE,
          UNSUPPORTED_TYPE -> {
        Problem problem = Problem.of(Refusal.of(first.reason(), NOT_WRITTEN), exchange.allow());
        exchange.problem(problem.withFaults(faults));
      }
    }
  }
}
