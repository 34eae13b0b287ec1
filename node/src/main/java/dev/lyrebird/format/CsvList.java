package dev.lyrebird.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.JsonCopy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes rows as lines of CSV below a header. Owned by whoever began the list. */
final class CsvList implements ListWriter {

  private static final String LINE_BREAK = "\r\n";

  private final Columns columns;
  private final Map<String, Integer> places = new HashMap<>();
  private final int placeOfRest;
  private final CsvSchema schema;
  private final @Nullable String[] cells;
  private boolean hasBegun;

  CsvList(Columns columns) {
    this.columns = columns;
    CsvSchema.Builder builder = CsvSchema.builder().setLineSeparator(LINE_BREAK);
    int rest = -1;
    for (Columns.Column column : columns.columns()) {
      if (column.cells() == Columns.Cells.REST) {
        rest = places.size();
      }
      places.put(column.name(), places.size());
      builder.addColumn(column.name());
    }
    this.schema = builder.build();
    this.placeOfRest = rest;
    this.cells = new String[places.size()];
  }

  @Override
  public byte[] page(List<byte[]> elements, boolean isLast) {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    try (CsvGenerator out = Csv.FACTORY.createGenerator(page)) {
      out.setSchema(schema);
      if (!hasBegun) {
        hasBegun = true;
        writeLine(out, columns.names().toArray(String[]::new));
      }
      for (byte[] json : elements) {
        read(json);
        writeLine(out, cells);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what we show as JSON is none", e);
    }
    return page.toByteArray();
  }

  private static void writeLine(CsvGenerator out, @Nullable String[] cells) throws IOException {
    out.writeStartArray();
    for (String cell : cells) {
      if (cell == null) {
        out.writeNull();
      } else if (cell.isEmpty()) {
        out.writeRawValue("\"\"");
      } else {
        out.writeString(WellFormedText.of(cell));
      }
    }
    out.writeEndArray();
  }

  private void read(byte[] json) throws IOException {
    Arrays.fill(cells, null);
    try (JsonParser in = JsonCopy.FACTORY.createParser(json)) {
      in.nextToken();
      switch (columns.shape()) {
        case OBJECTS -> readObject(in);
        case ARRAYS -> {
          for (int place = 0; in.nextToken() != JsonToken.END_ARRAY; place++) {
            cells[place] = cell(in, columns.columns().get(place).cells());
          }
        }
        case VALUES -> cells[0] = cell(in, columns.columns().getFirst().cells());
      }
    }
  }

  private void readObject(JsonParser in) throws IOException {
    StringWriter text = new StringWriter();
    boolean hasRest = false;
    try (JsonGenerator rest = JsonCopy.FACTORY.createGenerator(text)) {
      rest.writeStartObject();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        Integer place = places.get(name);
        in.nextToken();
        if (place != null && place != placeOfRest) {
          cells[place] = cell(in, columns.columns().get(place).cells());
        } else {
          rest.writeFieldName(name);
          JsonCopy.value(in, rest, JsonCopy.Numbers.AS_SPELT);
          hasRest = true;
        }
      }
      rest.writeEndObject();
    }
    if (hasRest && placeOfRest >= 0) {
      cells[placeOfRest] = text.toString();
    }
  }

  /** Reads a value up to its last token. */
  private static @Nullable String cell(JsonParser in, Columns.Cells kind) throws IOException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token.isStructStart()) {
      return json(in);
    }
    boolean isMistaken =
        token == JsonToken.VALUE_STRING
            && kind == Columns.Cells.JSON
            && CsvCell.readsAsJson(in.getText());
    return isMistaken ? json(in) : in.getText();
  }

  private static String json(JsonParser in) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JsonCopy.FACTORY.createGenerator(text)) {
      JsonCopy.value(in, out, JsonCopy.Numbers.AS_SPELT);
    }
    return text.toString();
  }
}
