package dev.lyrebird.pubsub;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which topics a subscription wants: an MQTT topic filter with {@code +} and {@code #}
 * ([MQTT-4.7.1-1] to [MQTT-4.7.2-1]), or everything below a path.
 *
 * <p>The two differ in their edges. The filter {@code a/#} matches {@code a} too, and {@code #}
 * matches no topic that begins with {@code $}. Everything below {@code a} leaves out {@code a}
 * itself, and everything below the root leaves out nothing: paths know no {@code $}.
 *
 * @param text the filter as MQTT writes it; of a path, the path with {@code /#} behind it
 * @param kind how the text is to be understood
 */
public record TopicFilter(String text, Kind kind) {

  /** What the text of a filter is. */
  public enum Kind {
    /** One topic; {@code +} and {@code #} are characters like any other. */
    TOPIC,
    /** A topic filter of MQTT. */
    MQTT,
    /** Everything below a path. */
    BELOW
  }

  /** The longest topic or filter, in bytes of UTF-8 ([MQTT-4.7.3-3]). */
  public static final int MAX_BYTES = 65_535;

  /**
   * Returns the MQTT filter of that text.
   *
   * @throws IllegalArgumentException where {@link #fault} finds one
   */
  public static TopicFilter of(String text) {
    String fault = fault(text);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    return new TopicFilter(text, Kind.MQTT);
  }

  /** Returns what matches one topic and no other, wildcard characters taken as they are. */
  public static TopicFilter topic(String topic) {
    return new TopicFilter(topic, Kind.TOPIC);
  }

  /**
   * Returns what matches every topic below a path.
   *
   * @param path without a slash at its end; empty for the root
   */
  public static TopicFilter below(String path) {
    return new TopicFilter(path.isEmpty() ? "#" : path + "/#", Kind.BELOW);
  }

  /** Returns what is wrong with the text as an MQTT topic filter, or null where nothing is. */
  public static @Nullable String fault(String text) {
    if (text.isEmpty()) {
      return "a topic filter has at least one character";
    }
    if (isTooLong(text)) {
      return "a topic filter has at most " + MAX_BYTES + " bytes";
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return "a topic filter has no character U+0000";
      }
      if (isHalfOfPair(text, i)) {
        return "a topic filter has no half of a surrogate pair";
      }
      boolean levelBegins = i == 0 || text.charAt(i - 1) == '/';
      boolean levelEnds = i == text.length() - 1 || text.charAt(i + 1) == '/';
      if (c == '+' && !(levelBegins && levelEnds)) {
        return "in a topic filter '+' stands alone in its level: " + text;
      }
      if (c == '#' && !(levelBegins && i == text.length() - 1)) {
        return "in a topic filter '#' stands alone in the last level: " + text;
      }
    }
    return null;
  }

  /** Returns what is wrong with the text as a topic to publish to, or null where nothing is. */
  public static @Nullable String topicFault(String topic) {
    if (topic.isEmpty()) {
      return "a topic has at least one character";
    }
    if (isTooLong(topic)) {
      return "a topic has at most " + MAX_BYTES + " bytes";
    }
    for (int i = 0; i < topic.length(); i++) {
      char c = topic.charAt(i);
      if (c == '+' || c == '#' || c == 0) {
        return "a topic to publish to has no '+', '#' or U+0000: " + topic;
      }
      if (isHalfOfPair(topic, i)) {
        return "a topic to publish to has no half of a surrogate pair";
      }
    }
    return null;
  }

  /** [MQTT-1.5.4-1]: a surrogate alone has no UTF-8. */
  private static boolean isHalfOfPair(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  private static boolean isTooLong(String text) {
    return text.length() > MAX_BYTES / 3
        && text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
  }

  /** Tells whether the last level matches any number of levels. */
  public boolean isOpenEnded() {
    return kind != Kind.TOPIC
        && text.endsWith("#")
        && (text.length() == 1 || text.charAt(text.length() - 2) == '/');
  }

  /** Tells whether there is a wildcard in any level. */
  public boolean isWildcard() {
    return isOpenEnded() || nextSingleWildcard(0) >= 0;
  }

  /**
   * Returns the longest beginning, in whole levels and without wildcards, of every match; only the
   * parent that {@code a/#} matches too, {@code a}, lacks the slash at its end.
   */
  public String literalPrefix() {
    int single = nextSingleWildcard(0);
    int end = single >= 0 ? single : isOpenEnded() ? text.length() - 1 : text.length();
    return text.substring(0, end);
  }

  private int nextSingleWildcard(int from) {
    if (kind != Kind.MQTT) {
      return -1;
    }
    for (int at = text.indexOf('+', from); at >= 0; at = text.indexOf('+', at + 1)) {
      if ((at == 0 || text.charAt(at - 1) == '/')
          && (at == text.length() - 1 || text.charAt(at + 1) == '/')) {
        return at;
      }
    }
    return -1;
  }

  /** Tells whether a topic matches. */
  public boolean matches(String topic) {
    return switch (kind) {
      case TOPIC -> topic.equals(text);
      case BELOW -> {
        int prefix = text.length() - 1;
        yield topic.length() > prefix && topic.regionMatches(0, text, 0, prefix);
      }
      case MQTT -> topic.equals(text) || (!isHidden(topic) && matches(topic, 0, 0));
    };
  }

  /** [MQTT-4.7.2-1]: a leading wildcard does not match topics that begin with {@code $}. */
  private boolean isHidden(String topic) {
    return topic.startsWith("$") && (text.startsWith("+") || text.startsWith("#"));
  }

  private boolean matches(String topic, int topicAt, int filterAt) {
    while (true) {
      int filterEnd = levelEnd(text, filterAt);
      if (isLevel(filterAt, filterEnd, '#')) {
        return true;
      }
      int topicEnd = levelEnd(topic, topicAt);
      boolean same =
          isLevel(filterAt, filterEnd, '+')
              || (filterEnd - filterAt == topicEnd - topicAt
                  && topic.regionMatches(topicAt, text, filterAt, filterEnd - filterAt));
      if (!same) {
        return false;
      }
      boolean topicDone = topicEnd == topic.length();
      boolean filterDone = filterEnd == text.length();
      if (topicDone) {
        return filterDone || (filterEnd + 2 == text.length() && text.endsWith("/#"));
      }
      if (filterDone) {
        return false;
      }
      topicAt = topicEnd + 1;
      filterAt = filterEnd + 1;
    }
  }

  private boolean isLevel(int from, int to, char wildcard) {
    return to - from == 1 && text.charAt(from) == wildcard;
  }

  private static int levelEnd(String text, int from) {
    int slash = text.indexOf('/', from);
    return slash < 0 ? text.length() : slash;
  }
}
