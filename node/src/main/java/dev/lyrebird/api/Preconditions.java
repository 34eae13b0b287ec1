package dev.lyrebird.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request makes its condition (RFC 9110 §13), as the table's own path understands it. On
 * writes it is judged of the row as it is read, and the write is made on that very version; should
 * the row change in between, it is judged again.
 *
 * @param ifMatch the header field, or null
 * @param ifNoneMatch likewise
 * @param ifModifiedSince null where it is none, or no date
 * @param ifUnmodifiedSince likewise
 */
record Preconditions(
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch,
    @Nullable Instant ifModifiedSince,
    @Nullable Instant ifUnmodifiedSince) {

  /** A row that changes more often between two looks is left to a client that tries again. */
  private static final int MOST_LOOKS = 100;

  private static final String ANY = "*";
  private static final Pattern TAG = Pattern.compile("(W/)?\"([^\"]*)\"");

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  /** What becomes of a read. */
  enum Reading {
    HOLDS,
    NOT_MODIFIED,
    FAILS
  }

  static Preconditions of(Context context) {
    return new Preconditions(
        context.header("If-Match"),
        context.header("If-None-Match"),
        time(context.header("If-Modified-Since")),
        time(context.header("If-Unmodified-Since")));
  }

  /** Returns a time as header fields spell it. */
  static String date(Instant time) {
    return DATE.format(time);
  }

  static ProblemException failed() {
    return new ProblemException(412, "the row has changed since");
  }

  static ProblemException absent() {
    return new ProblemException(404, "there is no such row");
  }

  /** RFC 9110 §13.1.3: what is no date is no condition. */
  private static @Nullable Instant time(@Nullable String field) {
    try {
      return field == null ? null : DATE.parse(field, Instant::from);
    } catch (DateTimeException e) {
      return null;
    }
  }

  boolean isEmpty() {
    return ifMatch == null
        && ifNoneMatch == null
        && ifModifiedSince == null
        && ifUnmodifiedSince == null;
  }

  Reading judgeRead(Row row) {
    if (!stillMatches(row)) {
      return Reading.FAILS;
    }
    boolean isKnown =
        ifNoneMatch != null
            ? names(ifNoneMatch, row.version(), true)
            : ifModifiedSince != null && !isAfter(row, ifModifiedSince);
    return isKnown ? Reading.NOT_MODIFIED : Reading.HOLDS;
  }

  /**
   * Carries out a write if the condition holds.
   *
   * @param plain without a condition
   * @param ifAbsent on a row that is not there; null where there has to be one
   * @param ifVersion on that version of the row and no other: 412
   */
  <T> T carryOut(
      Table table,
      String id,
      Supplier<T> plain,
      @Nullable Supplier<T> ifAbsent,
      Function<String, T> ifVersion) {
    if (isEmpty()) {
      return plain.get();
    }
    for (int looks = 0; looks < MOST_LOOKS; looks++) {
      Row row = table.row(id);
      judgeWrite(row, ifAbsent != null);
      try {
        return row == null && ifAbsent != null
            ? ifAbsent.get()
            : ifVersion.apply(row == null ? "" : row.version());
      } catch (ProblemException e) {
        if (e.status() != (row == null ? 409 : 412)) {
          throw e;
        }
      }
    }
    throw new ProblemException(
        503, "the row changed %d times meanwhile; try again".formatted(MOST_LOOKS));
  }

  private void judgeWrite(@Nullable Row row, boolean mayBeAbsent) {
    if (row == null) {
      if (!mayBeAbsent) {
        throw absent();
      }
      if (ifMatch != null) {
        throw new ProblemException(412, "there is no such row");
      }
      return;
    }
    boolean isRuledOut =
        ifNoneMatch != null
            ? names(ifNoneMatch, row.version(), true)
            : ifModifiedSince != null && !isAfter(row, ifModifiedSince);
    if (isRuledOut || !stillMatches(row)) {
      throw failed();
    }
  }

  private boolean stillMatches(Row row) {
    return ifMatch != null
        ? names(ifMatch, row.version(), false)
        : ifUnmodifiedSince == null || !isAfter(row, ifUnmodifiedSince);
  }

  private static boolean isAfter(Row row, Instant date) {
    return row.changedAt().getEpochSecond() > date.getEpochSecond();
  }

  /** Tells whether a list of entity tags names a version, in whatever form it was shown. */
  private static boolean names(String list, String version, boolean takesWeak) {
    if (list.strip().equals(ANY)) {
      return true;
    }
    Matcher tags = TAG.matcher(list);
    while (tags.find()) {
      String tag = tags.group(2);
      boolean isOf = tag.equals(version) || tag.startsWith(version + '.');
      if (isOf && (takesWeak || tags.group(1) == null)) {
        return true;
      }
    }
    return false;
  }
}
