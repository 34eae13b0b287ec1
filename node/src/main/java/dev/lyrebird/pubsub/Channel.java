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
}
