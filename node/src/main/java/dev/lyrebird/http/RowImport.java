package dev.lyrebird.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.format.Content;
import dev.lyrebird.format.Format;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.format.RowStream;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes the rows of one request as they come, a line each: every row on its own, in place of
 * whatever has its id. A line at fault is told in the answer and keeps no other from being written.
 * The request may be of any length; it is read no faster than its rows are written. Rows that are
 * written stay, also where the request breaks off.
 *
 * <p>Owned by the event loop of its connection.
 */
final class RowImport implements BodyStream.Sink, RowStream.Sink, Tables.Receipt {

  private final Exchange exchange;
  private final Tables tables;
  private final TableDefinition table;
  private final RowReader reader;
  private final Confirmation confirmation;
  private final BodyStream body;
  private final RowStream rows;
  private final int maxUnanswered;
  private final List<Problem.Fault> faults = new ArrayList<>();
  private long imported;
  private long faulty;
  private int unanswered;
  private boolean hasEnded;
  private boolean isAnswered;

  private RowImport(
      Exchange exchange,
      Tables tables,
      TableDefinition table,
      RowReader reader,
      Format format,
      HttpSettings settings) {
    this.exchange = exchange;
    this.tables = tables;
    this.table = table;
    this.reader = reader;
    this.confirmation = ReplicateTo.confirmation(exchange);
    this.body = new BodyStream(exchange, settings.maxBodyBytes());
    this.rows = Objects.requireNonNull(format.rows(reader.columns(), settings.maxRowBytes(), this));
    this.maxUnanswered = settings.connectionWrites();
  }

  /**
   * Begins to write the rows of a request. Call it in the turn in which the request came.
   *
   * @param format in which they come, one of rows
   */
  static void begin(
      Exchange exchange,
      Tables tables,
      TableDefinition table,
      RowReader reader,
      Format format,
      HttpSettings settings) {
    RowImport rows = new RowImport(exchange, tables, table, reader, format, settings);
    rows.body.read(rows, Long.MAX_VALUE);
  }

  @Override
  public boolean hasRoom() {
    return unanswered < maxUnanswered;
  }

  @Override
  public void take(byte[] piece) {
    rows.take(piece);
  }

  @Override
  public void end() {
    rows.end();
    hasEnded = true;
    answerOnceDone();
  }

  @Override
  public void row(int line, byte[] json) {
    try {
      if (!RowReader.isObject(json)) {
        throw new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, "is no JSON object"));
      }
      String id = reader.idIn(json);
      if (id != null) {
        write(line, id, json);
      } else {
        name(line, json);
      }
    } catch (RefusedException e) {
      hold(line, e.refusal());
    }
  }

  private void name(int line, byte[] json) {
    unanswered++;
    tables.nextId(
        table,
        id ->
            exchange.attempt(() -> {
              unanswered--;
              write(line, id, json);
            }));
  }

  private void write(int line, String id, byte[] json) {
    RowIds.check(table, id);
    Write put = Write.put(id, reader.row(id, Content.JSON, json));
    unanswered++;
    tables.write(table, put, Condition.NONE, confirmation, this, line);
  }

  @Override
  public void fault(int line, String detail) {
    hold(line, Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }

  private void hold(int line, Refusal refusal) {
    faulty++;
    if (faults.size() < Problem.MOST_FAULTS) {
      faults.addAll(Problem.Fault.of(Problem.Place.line(line), refusal));
    }
  }

  @Override
  public void done(Outcome outcome, int line) {
    unanswered--;
    exchange.attempt(() -> {
      take(outcome, line);
      if (unanswered <= maxUnanswered / 2) {
        body.goOn();
      }
      answerOnceDone();
    });
  }

  private void take(Outcome outcome, int line) {
    switch (outcome) {
      case Outcome.Applied applied -> imported++;
      case Outcome.Unchanged unchanged -> imported++;
      case Outcome.Refused(var refusal) -> {
        switch (refusal.reason()) {
          case OVERLOADED, FAULT, UNCONFIRMED -> giveUp(refusal); // no row is at fault
          case BAD_REQUEST,
              NOT_FOUND,
              NOT_ALLOWED,
              CONFLICT,
              PRECONDITION_FAILED,
              SCHEMA,
              TOO_LARGE,
              UNSUPPORTED_TYPE ->
              hold(line, refusal);
        }
      }
    }
  }

  private void giveUp(Refusal refusal) {
    if (!isAnswered) {
      isAnswered = true;
      body.drop();
      String detail = "%s; %d rows were imported before".formatted(refusal.detail(), imported);
      exchange.refuse(Refusal.of(refusal.reason(), detail));
    }
  }

  private void answerOnceDone() {
    if (!hasEnded || unanswered > 0 || isAnswered) {
      return;
    }
    isAnswered = true;
    if (imported == 0 && faulty > 0) {
      String detail = "none of the %d rows was imported, for all are at fault".formatted(faulty);
      exchange.problem(Problem.of(422, detail).withFaults(faults));
    } else {
      exchange.body(200, Payload.JSON, report());
    }
  }

  private byte[] report() {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        out.writeStartObject();
        out.writeNumberField("imported", imported);
        out.writeNumberField("faulty", faulty);
        out.writeFieldName("faults");
        Problem.Fault.write(faults, out);
        out.writeEndObject();
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
