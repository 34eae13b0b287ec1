package dev.lyrebird.mqtt;

import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * How deep and how long a topic or a filter may be.
 *
 * @param maxLevels most levels
 * @param maxBytes most bytes of UTF-8
 */
public record TopicBounds(int maxLevels, int maxBytes) {

  /** Returns why a topic is refused, or null where it is within the bounds. */
  @Nullable String fault(String topic) {
    if (levels(topic) > maxLevels) {
      return "a topic has at most " + maxLevels + " levels";
    }
    return ByteBufUtil.utf8Bytes(topic) > maxBytes
        ? "a topic has at most " + maxBytes + " bytes"
        : null;
  }

  private static int levels(String topic) {
    int levels = 1;
    for (int at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) {
      levels++;
    }
    return levels;
  }
}
