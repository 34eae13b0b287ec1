package dev.lyrebird.format;

import dev.lyrebird.view.Columns;
import java.util.Arrays;

/** A JSON value on each line; a single value is a list of one. */
final class Ndjson implements Codec {

  private static final byte[] NOTHING = {};

  private static final FramedList.Frame LIST =
      new FramedList.Frame(NOTHING, NOTHING, NOTHING, Ndjson::line);

  @Override
  public byte[] fromJson(byte[] json, Columns columns) {
    return line(json);
  }

  private static byte[] line(byte[] json) {
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  @Override
  public byte[] toJson(byte[] document, Columns columns) {
    return RowArray.of(this, document, columns);
  }

  @Override
  public ListWriter list(Columns columns, int mostBytes) {
    return new FramedList(LIST);
  }

  @Override
  public RowStream rows(Columns columns, int mostRowBytes, RowStream.Sink sink) {
    return new Records(false, mostRowBytes, sink::row, sink);
  }
}
