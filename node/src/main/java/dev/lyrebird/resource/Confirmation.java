package dev.lyrebird.resource;

/**
 * How many other nodes are to have applied a write before its outcome is told.
 *
 * @param isAwaited whether it waits for any at all
 * @param asked how many the client asks for; the table may demand more
 */
public record Confirmation(boolean isAwaited, int asked) {

  /** The outcome is told once this node has it: nobody relies on it. */
  public static final Confirmation NOT_AWAITED = new Confirmation(false, 0);

  /** The outcome waits for as many nodes as the table demands. */
  public static final Confirmation AS_DEMANDED = by(0);

  /** The outcome waits for so many nodes, or for as many as the table demands if that is more. */
  public static Confirmation by(int nodes) {
    return new Confirmation(true, nodes);
  }

  /**
   * Returns how many nodes the outcome waits for.
   *
   * @param demanded how many the table demands
   */
  public int nodes(int demanded) {
    return isAwaited ? Math.max(asked, demanded) : 0;
  }
}
