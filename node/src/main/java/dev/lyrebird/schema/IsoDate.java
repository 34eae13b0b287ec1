package dev.lyrebird.schema;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** The texts that are values of type Date: an ISO 8601 date, with or without time and offset. */
public final class IsoDate {

  private static final DateTimeFormatter DATE_OR_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter()
          .withResolverStyle(ResolverStyle.STRICT);

  private static final int NANO_DIGITS_OF_MILLI = 6;

  private IsoDate() {}

  /**
   * Returns the time that a text names in ms since the epoch, exactly, or null where it is no date.
   * A date alone is its first moment, and what names no offset is in UTC.
   */
  public static @Nullable BigDecimal millis(String text) {
    if (!mayBeDate(text)) {
      return null;
    }
    try {
      Instant instant = instant(parse(text));
      return BigDecimal.valueOf(instant.getEpochSecond())
          .movePointRight(3)
          .add(BigDecimal.valueOf(instant.getNano(), NANO_DIGITS_OF_MILLI));
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** A cheap look: rows are asked for dates that hold words, and a parser's refusal is dear. */
  private static boolean mayBeDate(String text) {
    return !text.isEmpty() && text.charAt(0) <= '9' && text.indexOf('-', 1) > 0;
  }

  /** Tells whether a text is a date. */
  static boolean isIsoDate(String text) {
    try {
      DATE_OR_TIME.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static TemporalAccessor parse(String text) {
    return DATE_OR_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
  }

  private static Instant instant(TemporalAccessor parsed) {
    return switch (parsed) {
      case OffsetDateTime withOffset -> withOffset.toInstant();
      case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
      case LocalDate date -> date.atStartOfDay(ZoneOffset.UTC).toInstant();
      default -> throw new DateTimeException("no date: " + parsed);
    };
  }
}
