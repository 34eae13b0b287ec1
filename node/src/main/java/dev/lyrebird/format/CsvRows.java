package dev.lyrebird.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a JSON object of each line of CSV below its header. Columns of declared attributes are read
 * as their types are written; others as JSON where they read as that, else as text. An empty cell
 * is no attribute. Owned by whoever reads.
 */
final class CsvRows {

  private final Columns declared;
  private final RowStream.Sink sink;
  private @Nullable Columns header;

  CsvRows(Columns declared, RowStream.Sink sink) {
    this.declared = declared;
    this.sink = sink;
  }

  /**
   * Takes a record.
   *
   * @throws RefusedException where it is the header and cannot be read: nothing can be made of the
   *     rest then
   */
  void record(int line, byte[] record) {
    List<@Nullable String> cells;
    try {
      cells = cells(record);
    } catch (CharacterCodingException e) {
      fault(line, "is not in UTF-8");
      return;
    } catch (JsonProcessingException e) {
      fault(line, "is no CSV: " + e.getOriginalMessage());
      return;
    } catch (IOException e) {
      fault(line, "is no CSV: " + e.getMessage());
      return;
    }
    if (header == null) {
      header = header(cells);
    } else if (cells.size() == header.columns().size()) {
      row(line, header, cells);
    } else {
      fault(
          line,
          "has %d cells below a header of %d".formatted(cells.size(), header.columns().size()));
    }
  }

  private void fault(int line, String detail) {
    if (header == null) {
      throw refused("line %d, the header, %s".formatted(line, detail));
    }
    sink.fault(line, detail);
  }

  private static List<@Nullable String> cells(byte[] record) throws IOException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record)).toString();
    List<@Nullable String> cells = new ArrayList<>();
    try (JsonParser in = Csv.FACTORY.createParser(text)) {
      in.nextToken();
      for (JsonToken cell = in.nextToken(); cell.isScalarValue(); cell = in.nextToken()) {
        cells.add(cell == JsonToken.VALUE_NULL ? null : in.getText());
      }
    }
    return cells;
  }

  private Columns header(List<@Nullable String> cells) {
    List<String> names = new ArrayList<>();
    for (String cell : cells) {
      if (cell == null || cell.isEmpty()) {
        throw refused("each column of CSV has a name in the first line");
      }
      names.add(cell);
    }
    Columns columns = declared.select(names, Columns.Shape.OBJECTS);
    if (columns.hasTwins()) {
      throw refused("no two columns of CSV have the same name");
    }
    return columns;
  }

  private void row(int line, Columns columns, List<@Nullable String> cells) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        out.writeStartObject();
        for (int i = 0; i < cells.size(); i++) {
          String cell = cells.get(i);
          if (cell != null) {
            write(columns.columns().get(i), cell, out);
          }
        }
        out.writeEndObject();
      }
      sink.row(line, bytes.toByteArray());
    } catch (IOException e) {
      sink.fault(line, "is no row: " + e.getMessage());
    }
  }

  private static void write(Columns.Column column, String cell, JsonGenerator out)
      throws IOException {
    byte[] json = column.cells() == Columns.Cells.TEXT ? null : CsvCell.json(cell);
    if (column.cells() == Columns.Cells.REST) {
      writeMembers(json, out);
    } else {
      out.writeFieldName(column.name());
      if (json == null) {
        out.writeString(cell);
      } else {
        out.writeRawValue(new String(json, StandardCharsets.UTF_8));
      }
    }
  }

  private static void writeMembers(byte @Nullable [] json, JsonGenerator out) throws IOException {
    if (json == null || json[0] != '{') {
      throw new IOException(
          "the cell below " + Columns.REST + " holds an object of JSON or nothing");
    }
    try (JsonParser in = JsonCopy.FACTORY.createParser(json)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        out.writeFieldName(in.currentName());
        in.nextToken();
        JsonCopy.value(in, out, JsonCopy.Numbers.AS_SPELT);
      }
    }
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
