package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.view.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client takes (RFC 9110 §12.5.1): media ranges with their weights in thousandths. Ranges
 * that cannot be read are passed over. Immutable.
 */
final class Accept {

  private static final int TOP_WEIGHT = 1000;

  private static final String EVENTS = "text/event-stream";

  /** What is said by a client that says nothing. */
  static final Accept ANYTHING = new Accept(List.of(new Range("*", "*", TOP_WEIGHT)));

  private static final Accept JSON =
      new Accept(List.of(new Range("application", "json", TOP_WEIGHT)));

  private final List<Range> ranges;

  private record Range(String type, String subtype, int weight) {

    /** How exactly the range names the type: 0 not at all, 3 by its full name. */
    int fit(MediaType mediaType) {
      if (type.equals("*")) {
        return 1;
      }
      if (!type.equals(mediaType.type())) {
        return 0;
      }
      return subtype.equals("*") ? 2 : subtype.equals(mediaType.subtype()) ? 3 : 0;
    }
  }

  private Accept(List<Range> ranges) {
    this.ranges = ranges;
  }

  /** Reads the header field; null stands for its absence. */
  static Accept parse(@Nullable String field) {
    if (field == null || field.equals("*/*")) {
      return ANYTHING;
    }
    if (field.equals(Payload.JSON)) {
      return JSON;
    }
    List<Range> ranges = new ArrayList<>();
    for (String item : field.split(",", -1)) {
      MediaType range = MediaType.parse(item);
      if (range != null) {
        ranges.add(new Range(range.type(), range.subtype(), weight(range.parameter("q"))));
      }
    }
    return ranges.isEmpty() && field.isBlank() ? ANYTHING : new Accept(List.copyOf(ranges));
  }

  /** RFC 9110 §12.4.2. What is no weight is taken for the lowest that still accepts. */
  static int weight(@Nullable String text) {
    if (text == null) {
      return TOP_WEIGHT;
    }
    if (!text.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?")) {
      return 1;
    }
    String digits = (text.replace(".", "") + "000").substring(0, 4);
    return Integer.parseInt(digits);
  }

  /** The weight of a type, by the range that names it most exactly; 0 where it is not taken. */
  int weight(MediaType mediaType) {
    int best = 0;
    int weight = 0;
    for (Range range : ranges) {
      int fit = range.fit(mediaType);
      if (fit > best) {
        best = fit;
        weight = range.weight();
      }
    }
    return weight;
  }

  /** The format for rows and lists of them that the client likes best; null for none. */
  @Nullable Format format() {
    return format(Format.ALL);
  }

  /** The format that the client likes best, the first of those it likes as well; null for none. */
  @Nullable Format format(Set<Format> offered) {
    Format best = null;
    int weight = 0;
    for (Format format : offered) {
      int own = weight(format);
      if (own > weight) {
        best = format;
        weight = own;
      }
    }
    return best;
  }

  /** The weight of a format under whichever name the client likes best. */
  int weight(Format format) {
    return weight(mediaType(format));
  }

  /** The name of a format that the client likes best. */
  MediaType mediaType(Format format) {
    MediaType best = format.mediaType();
    for (MediaType name : format.mediaTypes()) {
      if (weight(name) > weight(best)) {
        best = name;
      }
    }
    return best;
  }

  /**
   * Whether the client asks for events by name, and likes no answer of another kind better.
   *
   * @param field the header field, or null where there is none
   */
  static boolean prefersEvents(@Nullable String field) {
    if (field == null || field.length() < EVENTS.length() || field.equals(Payload.JSON)) {
      return false; // most requests, told apart without reading the field
    }
    Accept accept = parse(field);
    for (Range range : accept.ranges) {
      if (range.type().equals("text") && range.subtype().equals("event-stream")) {
        return range.weight() > 0 && range.weight() >= accept.weight(MediaType.JSON);
      }
    }
    return false;
  }
}
