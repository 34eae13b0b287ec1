package dev.lyrebird.query;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The text of a query, read from left to right. What is structure is told by the characters as they
 * stand; the tokens between are percent-decoded one by one (RFC 3986 §2.4), so that an escaped
 * {@code &} is a part of its token.
 *
 * <p>Owned by whoever parses.
 */
final class QueryText {

  /** What comes behind the last character. */
  static final char END = '\0';

  private static final String HEX = "0123456789ABCDEF";

  private final String raw;
  private int at;

  /**
   * @param raw as it stands in the request line: each character is a byte
   */
  QueryText(String raw) {
    this.raw = raw;
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) <= ' ' || raw.charAt(i) > 0xff) {
        throw QueryFault.at(i, "a URL has no such character; write it as %-escapes of its UTF-8");
      }
    }
  }

  /** Returns where the next character stands. */
  int at() {
    return at;
  }

  /** Returns the next character, or {@link #END}. */
  char peek() {
    return at < raw.length() ? raw.charAt(at) : END;
  }

  boolean isAtEnd() {
    return at == raw.length();
  }

  /** Takes a text if it comes next. */
  boolean take(String expected) {
    boolean comes = raw.startsWith(expected, at);
    if (comes) {
      at += expected.length();
    }
    return comes;
  }

  /** Takes all characters up to one of these, or to the end, as they stand. */
  String takeUntil(String stops) {
    int from = at;
    while (at < raw.length() && stops.indexOf(raw.charAt(at)) < 0) {
      at++;
    }
    return raw.substring(from, at);
  }

  /** Goes back to where a token was. */
  void backTo(int earlier) {
    at = earlier;
  }

  /** Tells what comes next, for a message. */
  String found() {
    return isAtEnd() ? "the query ends" : "there is '" + peek() + "'";
  }

  /**
   * Decodes a token.
   *
   * @param token as it stands in the text
   * @param where its first character stands
   */
  static String decode(String token, int where) {
    ByteBuffer bytes = ByteBuffer.allocate(token.length());
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c == '%') {
        int high = digit(token, i + 1);
        int low = digit(token, i + 2);
        if (high < 0 || low < 0) {
          throw QueryFault.at(
              where + i, "'%' is followed by two hexadecimal digits; write %25 for itself");
        }
        bytes.put((byte) ((high << 4) | low));
        i += 2;
      } else {
        bytes.put((byte) c);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw QueryFault.at(where, "the escapes of a query spell UTF-8; these do not");
    }
  }

  private static int digit(String token, int at) {
    return at < token.length() ? Character.digit(token.charAt(at), 16) : -1;
  }

  /** Escapes all but letters, digits and two more that have no meaning anywhere in a query. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (isPlain(b)) {
        escaped.append((char) b);
      } else {
        escaped.append(escape(b));
      }
    }
    return escaped.toString();
  }

  /** Escapes the first character too, so that a token is no keyword. */
  static String escapeFirst(String keyword) {
    return escape((byte) keyword.charAt(0)) + escape(keyword.substring(1));
  }

  private static String escape(byte b) {
    return "%" + HEX.charAt((b >> 4) & 15) + HEX.charAt(b & 15);
  }

  private static boolean isPlain(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '_'
        || b == '~';
  }
}
