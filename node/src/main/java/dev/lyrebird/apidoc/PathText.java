package dev.lyrebird.apidoc;

import dev.lyrebird.schema.Export;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes the path of an export as both documents spell it. */
final class PathText {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PathText() {}

  /** Returns what the paths of the rows of a table begin with. */
  static String ofRows(Export export) {
    return '/' + escaped(export.pathOf(""));
  }

  /** Escapes all but the unreserved characters of RFC 3986 §2.3, and the slash. */
  static String escaped(String path) {
    StringBuilder escaped = new StringBuilder(path.length());
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c < 0x80 && Character.isLetterOrDigit(c)) || "-._~/".indexOf(c) >= 0) {
        escaped.append(c);
      } else {
        escaped.append('%').append(HEX.toHexDigits(b));
      }
    }
    return escaped.toString();
  }
}
