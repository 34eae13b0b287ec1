package dev.lyrebird.format;

import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What stands in a cell that may hold more than text. */
final class CsvCell {

  private CsvCell() {}

  /** Tells whether a cell with this text would be read as something else than that text. */
  static boolean readsAsJson(String text) {
    return json(text) != null;
  }

  /** Returns the JSON value that a cell spells, or null where it is text. */
  static byte @Nullable [] json(String text) {
    if (text.isEmpty() || "-0123456789tfn{[\"".indexOf(text.charAt(0)) < 0) {
      return null;
    }
    try {
      return JsonCopy.compact(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return null;
    }
  }
}
