package dev.lyrebird.resuming;

import java.util.random.RandomGenerator;

/** What a follower of an episode is subscribed to. */
enum Interest {
  ROW("a", "a") {
    @Override
    boolean covers(String row) {
      return row.endsWith("/a");
    }
  },
  PREFIX("", "#"),
  FILTER("%2B", "+");

  private final String pathEnd;
  private final String filterEnd;

  Interest(String pathEnd, String filterEnd) {
    this.pathEnd = pathEnd;
    this.filterEnd = filterEnd;
  }

  static Interest any(RandomGenerator random) {
    return values()[random.nextInt(values().length)];
  }

  /** The path of a stream. */
  String path(String topics) {
    return "/" + topics + "/" + pathEnd;
  }

  /** The same as an MQTT Topic Filter. */
  String filter(String topics) {
    return topics + "/" + filterEnd;
  }

  /** Whether it is told of a row of its episode. */
  boolean covers(String row) {
    return true;
  }
}
