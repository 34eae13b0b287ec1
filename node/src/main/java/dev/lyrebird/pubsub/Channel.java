package dev.lyrebird.pubsub;

/**
 * A table as a hub knows it.
 *
 * @param path the export path, the beginning of all its topics; empty for the root table
 * @param cursorKey its name in cursors, see {@link dev.lyrebird.journal.Cursor#tableKey}
 */
public record Channel(String path, int cursorKey) {

  /** Returns the topic of an id. */
  public String topic(String id) {
    return path.isEmpty() ? id : path + '/' + id;
  }

  /** Returns the id of one of this table's topics. */
  public String id(String topic) {
    return path.isEmpty() ? topic : topic.substring(Math.min(topic.length(), path.length() + 1));
  }

  /**
   * Returns what matches the topics of all ids below a path.
   *
   * @param idPrefix the path within this table, with a slash at its end; empty for the whole table
   */
  public TopicFilter below(String idPrefix) {
    return new TopicFilter(topic(idPrefix) + '#', TopicFilter.Kind.BELOW);
  }

  /** Returns what the ids of all rows begin with whose topics match a filter. */
  public String idPrefix(TopicFilter filter) {
    String literal = filter.literalPrefix();
    if (filter.kind() == TopicFilter.Kind.MQTT && literal.endsWith("/")) {
      literal = literal.substring(0, literal.length() - 1); // a/# matches a too
    }
    return path.isEmpty() || literal.startsWith(path + '/') ? id(literal) : "";
  }

  /** Tells whether a topic of this table can match a filter, as far as its export path goes. */
  public boolean mayMatch(TopicFilter filter) {
    String[] levels = filter.text().split("/", -1);
    if (path.isEmpty()) {
      return true;
    }
    boolean wild = filter.kind() == TopicFilter.Kind.MQTT;
    String[] own = path.split("/", -1);
    for (int i = 0; i < own.length; i++) {
      if (i == levels.length - 1 && filter.isOpenEnded()) {
        return true;
      }
      boolean same = i < levels.length && levels[i].equals(own[i]);
      if (!same && !(wild && i < levels.length && levels[i].equals("+"))) {
        return false;
      }
    }
    return levels.length > own.length;
  }
}
