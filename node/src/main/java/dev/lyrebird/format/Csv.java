package dev.lyrebird.format;

import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.lyrebird.view.Columns;
import java.util.List;

/**
 * CSV (RFC 4180) with a header line; a single row is a list of one. What is missing or null is an
 * empty cell, and text without characters is {@code ""}.
 */
final class Csv implements Codec {

  static final CsvFactory FACTORY =
      CsvFactory.builder()
          .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
          .enable(CsvParser.Feature.EMPTY_UNQUOTED_STRING_AS_NULL)
          .build();

  @Override
  public byte[] fromJson(byte[] json, Columns columns) {
    return new CsvList(columns).page(List.of(json), true);
  }

  @Override
  public byte[] toJson(byte[] document, Columns columns) {
    return RowArray.of(this, document, columns);
  }

  @Override
  public ListWriter list(Columns columns, int mostBytes) {
    return new CsvList(columns);
  }

  @Override
  public RowStream rows(Columns columns, int mostRowBytes, RowStream.Sink sink) {
    return new Records(true, mostRowBytes, new CsvRows(columns, sink)::record, sink);
  }
}
