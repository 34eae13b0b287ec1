package dev.lyrebird.format;

import dev.lyrebird.view.Columns;
import org.jspecify.annotations.Nullable;

/** How one format is written and read. All of them meet in JSON. Immutable. */
interface Codec {

  /** Returns a document that holds one value. */
  byte[] fromJson(byte[] json, Columns columns);

  /**
   * Returns the JSON of a whole document.
   *
   * @throws dev.lyrebird.journal.RefusedException where it cannot be read
   */
  byte[] toJson(byte[] document, Columns columns);

  /**
   * Begins a list.
   *
   * @param mostBytes that may have to be gathered before the first of them can be sent
   */
  ListWriter list(Columns columns, int mostBytes);

  /** Begins to read rows one by one; null where a document is one value, read as a whole. */
  default @Nullable RowStream rows(Columns columns, int mostRowBytes, RowStream.Sink sink) {
    return null;
  }
}
