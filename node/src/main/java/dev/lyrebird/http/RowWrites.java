package dev.lyrebird.http;

import dev.lyrebird.format.Content;
import dev.lyrebird.format.Format;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Answers PUT, PATCH, DELETE and POST of one row. Owned by one event loop. Conditions are judged by
 * the table, in the turn in which it writes.
 */
final class RowWrites {

  /** RFC 5789 §3.1. The shallow merge here is not the deep one of RFC 7396. */
  private static final String ACCEPT_PATCH = Format.names(Format.OF_VALUES);

  private final Tables tables;
  private final PerTable<RowReader> readers;
  private final int maxBytes;
  private final boolean dates;

  RowWrites(Tables tables, PerTable<RowReader> readers, HttpSettings settings) {
    this.tables = tables;
    this.readers = readers;
    this.maxBytes = settings.maxRowBytes();
    this.dates = settings.lastModified();
  }

  void put(Exchange exchange, TableDefinition table, String id) {
    RowIds.check(table, id);
    Content content = Content.ofValue(exchange.header(HttpHeaders.CONTENT_TYPE));
    Condition condition = preconditions(exchange).forWrite();
    BodyReader.read(
        exchange,
        maxBytes,
        bytes -> {
          Payload row = readers.of(table).row(id, content, bytes);
          write(exchange, table, Write.put(id, row), condition);
        });
  }

  void patch(Exchange exchange, TableDefinition table, String id) {
    RowIds.check(table, id);
    String type = exchange.header(HttpHeaders.CONTENT_TYPE);
    Content content = Content.ofValue(type);
    if (!isPatch(content)) {
      exchange.problem(
          Problem.of(
              415,
              "what is merged into a row is of type " + ACCEPT_PATCH + ", not " + type,
              "Accept-Patch",
              ACCEPT_PATCH));
      return;
    }
    Condition condition = Condition.EXISTS.and(preconditions(exchange).forWrite());
    BodyReader.read(
        exchange,
        maxBytes,
        bytes -> {
          Payload attributes = readers.of(table).patch(id, content, bytes);
          write(exchange, table, Write.patch(id, attributes), condition);
        });
  }

  /** Types of patches that are defined elsewhere mean something else than a shallow merge. */
  private static boolean isPatch(Content content) {
    return switch (content) {
      case Content.Formatted(var format, var mediaType) -> !mediaType.contains("patch+");
      case Content.Undeclared undeclared -> true;
      case Content.Opaque opaque -> false;
    };
  }

  void delete(Exchange exchange, TableDefinition table, String id) {
    RowIds.check(table, id);
    Condition condition = Condition.EXISTS.and(preconditions(exchange).forWrite());
    write(exchange, table, Write.delete(id), condition);
  }

  /** Sends a message to the row's topic, which leaves the row alone. */
  void message(Exchange exchange, TableDefinition table, String id) {
    RowIds.check(table, id);
    Content content = Content.ofValue(exchange.header(HttpHeaders.CONTENT_TYPE));
    Preconditions preconditions = preconditions(exchange);
    Condition condition = preconditions.isEmpty() ? Condition.NONE : preconditions.forWrite();
    BodyReader.read(
        exchange,
        maxBytes,
        bytes -> {
          Write message = Write.message(id, RowReader.message(content, bytes));
          write(exchange, table, message, condition);
        });
  }

  private Preconditions preconditions(Exchange exchange) {
    return Preconditions.of(exchange.request().headers(), dates);
  }

  private void write(Exchange exchange, TableDefinition table, Write write, Condition condition) {
    tables.write(
        table,
        write,
        condition,
        ReplicateTo.confirmation(exchange),
        (outcome, token) -> exchange.attempt(() -> answer(exchange, write.kind(), outcome)),
        0);
  }

  private static void answer(Exchange exchange, Write.Kind kind, Outcome outcome) {
    switch (outcome) {
      case Outcome.Applied applied -> {
        switch (kind) {
          case PUT -> changed(exchange, applied.created() ? 201 : 204, applied.version());
          case PATCH -> changed(exchange, 204, applied.version());
          case DELETE -> exchange.empty(204);
          case MESSAGE -> exchange.empty(202);
        }
      }
      case Outcome.Unchanged unchanged -> changed(exchange, 204, unchanged.version());
      case Outcome.Refused refused -> exchange.refuse(refused.refusal());
    }
  }

  private static void changed(Exchange exchange, int status, @Nullable Timestamp version) {
    if (version != null) {
      exchange.tag(EntityTag.ofVersion(version));
    }
    exchange.empty(status);
  }
}
