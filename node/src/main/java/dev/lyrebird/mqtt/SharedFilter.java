package dev.lyrebird.mqtt;

import dev.lyrebird.pubsub.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * The filter of a shared subscription: {@code $share/<name>/<filter>} (MQTT 5.0 §4.8.2). Clients
 * that subscribe to the same text are one group; other filters under the same name are other
 * groups.
 *
 * @param text all of it, which is how the group is known
 * @param filter which topics the group shares
 */
record SharedFilter(String text, TopicFilter filter) {

  private static final String PREFIX = "$share/";

  /** Tells whether a filter is meant to be one of a shared subscription. */
  static boolean isMeant(String text) {
    return text.startsWith(PREFIX);
  }

  /** Returns the shared filter of a text in which {@link #fault} finds nothing. */
  static SharedFilter of(String text) {
    return new SharedFilter(text, TopicFilter.of(text.substring(nameEnd(text) + 1)));
  }

  /** Returns what is wrong with the text, or null where nothing is. */
  static @Nullable String fault(String text) {
    int nameEnd = nameEnd(text);
    if (nameEnd <= PREFIX.length()) { // [MQTT-4.8.2-1]
      return "a shared subscription has a name, and a filter behind it";
    }
    String name = text.substring(PREFIX.length(), nameEnd);
    if (name.indexOf('+') >= 0 || name.indexOf('#') >= 0) { // [MQTT-4.8.2-2]
      return "the name of a shared subscription has no '+' and no '#'";
    }
    String filter = text.substring(nameEnd + 1);
    if (SysTopics.owns(filter)) {
      return "$SYS is each node's own and cannot be shared";
    }
    return TopicFilter.fault(filter);
  }

  private static int nameEnd(String text) {
    return text.indexOf('/', PREFIX.length());
  }
}
