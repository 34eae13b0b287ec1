package dev.lyrebird.http;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What a request makes its condition (RFC 9110 §13), in the order of §13.2.2. On reads it is judged
 * with the row at hand; on writes the table judges it in the turn in which it writes.
 *
 * <p>Beyond the RFC, {@code If-Modified-Since} on a write lets it through only where the row was
 * modified since; for the RFC it has a meaning on reads alone.
 *
 * @param ifModifiedSince seconds since the epoch, or {@link #NEVER} where it is not asked
 * @param ifUnmodifiedSince likewise
 */
record Preconditions(
    EntityTag.@Nullable Tags ifMatch,
    EntityTag.@Nullable Tags ifNoneMatch,
    long ifModifiedSince,
    long ifUnmodifiedSince) {

  static final long NEVER = Long.MIN_VALUE;

  private static final int MILLIS_PER_SECOND = 1000;

  /** What becomes of a conditional read. */
  enum Reading {
    /** The row is to be shown. */
    SHOWN,
    /** The client has it already: 304. */
    NOT_MODIFIED,
    /** The condition does not hold: 412. */
    FAILED
  }

  /**
   * Reads the conditions of a request. A date that cannot be read is no condition (RFC 9110
   * §13.1.3).
   *
   * @param dates whether conditions on time are heeded
   */
  static Preconditions of(MultiMap headers, boolean dates) {
    return new Preconditions(
        EntityTag.Tags.parse("If-Match", Fields.list(headers, HttpHeaderNames.IF_MATCH)),
        EntityTag.Tags.parse("If-None-Match", Fields.list(headers, HttpHeaders.IF_NONE_MATCH)),
        dates ? seconds(headers.get(HttpHeaders.IF_MODIFIED_SINCE)) : NEVER,
        dates ? seconds(headers.get(HttpHeaderNames.IF_UNMODIFIED_SINCE)) : NEVER);
  }

  private static long seconds(@Nullable String field) {
    return field == null ? NEVER : HttpDate.parseSeconds(field).orElse(NEVER);
  }

  private static long seconds(Timestamp version) {
    return version.millis() / MILLIS_PER_SECOND;
  }

  boolean isEmpty() {
    return ifMatch == null
        && ifNoneMatch == null
        && ifModifiedSince == NEVER
        && ifUnmodifiedSince == NEVER;
  }

  /**
   * Judges the reading of a row.
   *
   * @param tag the tag it would be shown with, uncompressed
   */
  Reading judge(Timestamp version, String tag) {
    if (!stillMatches(version)) {
      return Reading.FAILED;
    }
    boolean known =
        ifNoneMatch != null
            ? ifNoneMatch.include(tag)
            : ifModifiedSince != NEVER && seconds(version) <= ifModifiedSince;
    return known ? Reading.NOT_MODIFIED : Reading.SHOWN;
  }

  /** Returns what the table is to judge before it writes. */
  Condition forWrite() {
    return isEmpty() ? Condition.KNOWING : this::judgeWrite;
  }

  private @Nullable Refusal judgeWrite(@Nullable Timestamp version) {
    if (version == null) {
      return ifMatch == null ? null : failed("there is no such row");
    }
    if (!stillMatches(version)) {
      return failed("the row has changed since");
    }
    if (ifNoneMatch != null) {
      String own = EntityTag.ofVersion(version);
      return ifNoneMatch.any() || ifNoneMatch.tags().stream().anyMatch(tag -> tag.isOf(own))
          ? failed("the row is there, in a version that If-None-Match rules out")
          : null;
    }
    return ifModifiedSince != NEVER && seconds(version) <= ifModifiedSince
        ? failed("the row has not been modified since")
        : null;
  }

  /** Weak tags match nothing here: RFC 9110 §13.1.1 asks for the strong comparison. */
  private boolean stillMatches(Timestamp version) {
    if (ifMatch != null) {
      String own = EntityTag.ofVersion(version);
      return ifMatch.any() || ifMatch.tags().stream().anyMatch(tag -> !tag.weak() && tag.isOf(own));
    }
    return ifUnmodifiedSince == NEVER || seconds(version) <= ifUnmodifiedSince;
  }

  private static Refusal failed(String detail) {
    return Refusal.of(Refusal.Reason.PRECONDITION_FAILED, detail);
  }
}
