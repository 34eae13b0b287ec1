package dev.lyrebird.resource;

/**
 * How many other nodes are to have applied a write before its outcome is told.
 *
 * @param isAwaited whether it waits for any at all
 * @param asked how many the client asks for, or {@link #ALL}; the table may demand more
 */
public record Confirmation(boolean isAwaited, int asked) {

  /** Stands for as many nodes as there are. */
  public static final int ALL = Integer.MAX_VALUE;

  /** The outcome is told once this node has it: nobody relies on it. */
  public static final Confirmation NOT_AWAITED = new Confirmation(false, 0);

  /** The outcome waits for as many nodes as the table demands. */
  public static final Confirmation AS_DEMANDED = by(0);

  /**
   * The outcome waits for every other node that is there when the write is made, be they fewer than
   * the table demands. One that leaves meanwhile is no longer waited for; where there is none, the
   * outcome is told at once.
   */
  public static final Confirmation BY_ALL = by(ALL);

  /** The outcome waits for so many nodes, or for as many as the table demands if that is more. */
  public static Confirmation by(int nodes) {
    return new Confirmation(true, nodes);
  }

  /**
   * Returns how many nodes the outcome waits for; {@link #ALL} for all that are there.
   *
   * @param demanded how many the table demands
   */
  public int nodes(int demanded) {
    return isAwaited ? Math.max(asked, demanded) : 0;
  }
}
