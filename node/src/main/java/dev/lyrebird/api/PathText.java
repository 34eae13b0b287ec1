package dev.lyrebird.api;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes paths as URLs have them. */
final class PathText {

  /** RFC 3986 §3.3, and the slash. */
  private static final String PLAIN = "-._~!$&'()*+,;=:@/";

  private PathText() {}

  /** Returns a path with %-escapes where it needs them. */
  static String encode(String path) {
    StringBuilder text = new StringBuilder(path.length() + 8);
    for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
        text.append(c);
      } else {
        text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      }
    }
    return text.toString();
  }
}
