package dev.lyrebird.hosting;

import dev.lyrebird.api.Message;
import dev.lyrebird.api.Row;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.view.RowView;
import java.time.Instant;

/** How users' code sees rows. */
final class ShownRows {

  private ShownRows() {}

  /** Shows a row as REST does. */
  static Row whole(RowView view, dev.lyrebird.journal.Row row) {
    return switch (view.show(row)) {
      case RowView.Shown.Structured(var json) -> of(row, json);
      case RowView.Shown.Value(var json) -> of(row, json);
      case RowView.Shown.Opaque(var content, var mediaType) ->
          of(row, Message.of(content, mediaType, mediaType.startsWith("text/")));
    };
  }

  /** Shows what JSON stands for a row. */
  static Row of(dev.lyrebird.journal.Row row, byte[] json) {
    return of(row, json(json));
  }

  static Message json(byte[] json) {
    return Message.of(json, Payload.JSON, true);
  }

  private static Row of(dev.lyrebird.journal.Row row, Message content) {
    Timestamp version = row.version();
    return new Row(row.id(), version.tag(), Instant.ofEpochMilli(version.millis()), content);
  }
}
