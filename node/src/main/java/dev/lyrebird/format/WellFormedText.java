package dev.lyrebird.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;

/**
 * Writes text that may hold half of a surrogate pair, as JSON can spell it ({@code "\ud800"}), in a
 * format whose text is UTF-8 and cannot: U+FFFD stands in its place (Unicode 16.0 §3.9). Names of
 * attributes never do: the parser takes none that does.
 */
final class WellFormedText extends JsonGeneratorDelegate {

  private static final char REPLACEMENT = '\ufffd';

  WellFormedText(JsonGenerator out) {
    super(out, false);
  }

  @Override
  public void writeString(char[] text, int offset, int length) throws IOException {
    if (firstHalf(text, offset, offset + length) < 0) {
      super.writeString(text, offset, length);
    } else {
      super.writeString(of(new String(text, offset, length)));
    }
  }

  /** Returns a text with U+FFFD in the place of each half of a pair that lacks its other half. */
  static String of(String text) {
    char[] chars = text.toCharArray();
    int half = firstHalf(chars, 0, chars.length);
    if (half < 0) {
      return text;
    }
    for (; half >= 0; half = firstHalf(chars, half + 1, chars.length)) {
      chars[half] = REPLACEMENT;
    }
    return new String(chars);
  }

  /** Returns where the first half of a pair stands that lacks its other half; -1 for nowhere. */
  private static int firstHalf(char[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.isSurrogate(text[i]) && isHalf(text, i, from, to)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isHalf(char[] text, int at, int from, int to) {
    return Character.isHighSurrogate(text[at])
        ? at + 1 == to || !Character.isLowSurrogate(text[at + 1])
        : at == from || !Character.isHighSurrogate(text[at - 1]);
  }
}
