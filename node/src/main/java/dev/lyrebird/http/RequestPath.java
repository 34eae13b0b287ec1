package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The path of a request's target, percent-decoded (RFC 3986 §2.1).
 *
 * <p>A path is a topic and its rest is an id, so nothing is tidied up: {@code //}, {@code .} and
 * {@code ..} are parts of an id like any other, and {@code %2F} is a slash. There is no tree of
 * files behind it that they could lead out of.
 */
final class RequestPath {

  private RequestPath() {}

  /**
   * Decodes a path.
   *
   * @param raw the path as it stands in the request line
   * @return the path without its leading slash
   * @throws RefusedException where an escape is broken or does not make UTF-8
   */
  static String decode(String raw) {
    if (!raw.startsWith("/")) {
      throw bad("the target of a request is a path that begins with '/'");
    }
    return raw.indexOf('%') < 0 && isAscii(raw) ? raw.substring(1) : decodeEscapes(raw);
  }

  private static boolean isAscii(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** The server hands over each byte of the request line as one character. */
  private static String decodeEscapes(String raw) {
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 1; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int high = digit(raw, i + 1);
        int low = digit(raw, i + 2);
        if (high < 0 || low < 0) {
          throw bad("in a path '%' is followed by two hexadecimal digits; write '%25' for itself");
        }
        bytes[length++] = (byte) ((high << 4) | low);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad("the escapes of a path spell UTF-8; these do not");
    }
  }

  private static int digit(String raw, int at) {
    return at < raw.length() ? Character.digit(raw.charAt(at), 16) : -1;
  }

  /** Escapes a path for a header field such as {@code Location}; its slashes stay. */
  static String encode(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 8);
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isPlain(c)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return encoded.toString();
  }

  private static final String HEX = "0123456789ABCDEF";

  /** The unreserved characters of RFC 3986 §2.3, and the slash. */
  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~/".indexOf(c) >= 0;
  }

  private static RefusedException bad(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
