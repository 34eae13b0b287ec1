package dev.lyrebird.format;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Gathers the rows of a whole document into one array. Belongs to the reading of it. */
final class RowArray implements RowStream.Sink {

  private final List<byte[]> rows = new ArrayList<>();

  private RowArray() {}

  /**
   * Reads a document as an array.
   *
   * @throws RefusedException for the first line that holds no row
   */
  static byte[] of(Codec codec, byte[] document, Columns columns) {
    RowArray array = new RowArray();
    RowStream stream = Objects.requireNonNull(codec.rows(columns, Integer.MAX_VALUE, array));
    stream.take(document);
    stream.end();
    return JsonCodec.array().page(array.rows, true);
  }

  /** A line is one value, and no two with a comma between them. */
  @Override
  public void row(int line, byte[] json) {
    try {
      rows.add(JsonCopy.compact(json));
    } catch (IOException e) {
      fault(line, "is no JSON: " + e.getMessage());
    }
  }

  @Override
  public void fault(int line, String detail) {
    throw new RefusedException(
        Refusal.of(Refusal.Reason.BAD_REQUEST, "line %d %s".formatted(line, detail)));
  }
}
