package dev.lyrebird.format;

/**
 * Reads rows from content that comes in pieces, each as soon as it is there. Holds no more than one
 * row. Owned by whoever began it.
 */
public interface RowStream {

  /** Takes the next piece, wherever it was cut. */
  void take(byte[] piece);

  /** There is no more. */
  void end();

  /** Is told what was read, in order, within {@link #take} and {@link #end}. */
  interface Sink {

    /**
     * Takes what ought to be a row.
     *
     * @param line on which it begins, counted from 1
     * @param json not held against anything yet
     */
    void row(int line, byte[] json);

    /** There is no row, and why; what follows is read all the same. */
    void fault(int line, String detail);
  }
}
