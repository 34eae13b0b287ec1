package dev.lyrebird.history;

/** How much of a run an observer must have been told of. */
public enum Attendance {
  /** Everything: it was subscribed at one node from before the first write, or resumed there. */
  AT_ONE_NODE,
  /**
   * Every message: it went from one node to another by its cursor. Of a row's changes, each node
   * tells only those that win there.
   */
  AT_SEVERAL,
  /** Nothing for certain: it was away without a cursor. */
  INTERRUPTED
}
