package dev.lyrebird.history;

/** How much of a run an observer must have been told of. */
public enum Attendance {
  /** Everything: it was subscribed at one node from before the first write, or resumed there. */
  AT_ONE_NODE,
  /**
   * Every message, and every row's only change: it went from one node to another by its cursor. Of
   * several changes of a row, each node tells only those that win there.
   */
  AT_SEVERAL,
  /** Nothing for certain: it was away without a cursor. */
  INTERRUPTED
}
