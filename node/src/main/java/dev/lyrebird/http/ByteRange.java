package dev.lyrebird.http;

import org.jspecify.annotations.Nullable;

/** Which bytes of a content are asked for (RFC 9110 §14.1.2). */
sealed interface ByteRange {

  /** All of them. */
  record Whole() implements ByteRange {}

  /**
   * Some of them.
   *
   * @param to the first that is not among them
   */
  record Part(int from, int to) implements ByteRange {}

  /** None that there is. */
  record Beyond() implements ByteRange {}

  String UNIT = "bytes";

  /**
   * Reads {@code Range}. What cannot be read asks for nothing in particular, and so do several
   * ranges, as a server may decide (RFC 9110 §14.2).
   *
   * @param field or null where there is none
   * @param length of the content
   */
  static ByteRange of(@Nullable String field, int length) {
    String prefix = UNIT + '=';
    if (field == null || !field.regionMatches(true, 0, prefix, 0, prefix.length())) {
      return new Whole();
    }
    String range = field.substring(prefix.length()).strip();
    int dash = range.indexOf('-');
    if (dash < 0) {
      return new Whole();
    }
    String first = range.substring(0, dash);
    String last = range.substring(dash + 1);
    if (!isDigits(first) || !isDigits(last)) {
      return new Whole();
    }
    return first.isEmpty() ? ofEnd(last, length) : of(number(first), last, length);
  }

  private static ByteRange ofEnd(String count, int length) {
    if (count.isEmpty()) {
      return new Whole();
    }
    int from = (int) Math.max(0, length - number(count));
    return from < length ? new Part(from, length) : new Beyond();
  }

  private static ByteRange of(long first, String last, int length) {
    long to = last.isEmpty() ? length : Math.min(length, number(last) + 1);
    if (!last.isEmpty() && number(last) < first) {
      return new Whole();
    }
    return first < length ? new Part((int) first, (int) to) : new Beyond();
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Returns a number of digits; no content is as long as one that is too long to be read. */
  private static long number(String digits) {
    return digits.length() > 18 ? Long.MAX_VALUE / 2 : Long.parseLong(digits);
  }
}
