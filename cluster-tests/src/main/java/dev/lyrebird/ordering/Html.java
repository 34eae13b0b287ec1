package dev.lyrebird.ordering;

import java.util.Locale;

/** Pieces of markup. */
final class Html {

  private Html() {}

  /** Text, fit to stand between tags and in double-quoted attributes. */
  static String text(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** A coordinate: a tenth of a pixel is more than anybody sees. */
  static String px(double coordinate) {
    String text = String.format(Locale.ROOT, "%.1f", coordinate);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** {@code template} with its {@code %s} replaced by {@code values}, whatever the locale. */
  static String fill(String template, Object... values) {
    StringBuilder filled = new StringBuilder();
    int from = 0;
    for (Object value : values) {
      int place = template.indexOf("%s", from);
      filled.append(template, from, place).append(value);
      from = place + 2;
    }
    return filled.append(template.substring(from)).toString();
  }
}
