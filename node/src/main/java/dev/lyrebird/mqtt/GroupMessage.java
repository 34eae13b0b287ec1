package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;

/**
 * A message that a group has read from a journal and hands out. Immutable.
 *
 * @param table by which all nodes know its table: {@link dev.lyrebird.journal.Cursor#tableKey}
 * @param topic under which it is delivered
 * @param entry what was journalled
 * @param place behind it in the journal of the holder's node; means nothing elsewhere
 */
record GroupMessage(int table, String topic, Entry entry, Place place) {

  /**
   * Which message of a group.
   *
   * @param table by which all nodes know its table
   * @param change the change that it is
   */
  record Name(int table, Timestamp change) {}

  Name name() {
    return new Name(table, entry.change().timestamp());
  }

  int qos() {
    return entry.change().write().qos();
  }

  int bytes() {
    return entry.payload().bytes().length;
  }
}
