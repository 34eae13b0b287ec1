package dev.lyrebird.replication;

import java.util.Arrays;

/** Who cannot reach whom. Cuts lie over one another; a way is open once all its cuts are gone. */
final class Network {

  private final int[][] cuts;

  /** Creates one of so many places, where all reach all. */
  Network(int places) {
    cuts = new int[places][places];
  }

  boolean isCut(int from, int to) {
    return cuts[from][to] > 0;
  }

  /**
   * Cuts those inside off from those outside.
   *
   * @param isInside by place
   * @param isOneWay whether what comes from outside still gets in
   */
  void cut(boolean[] isInside, boolean isOneWay) {
    add(isInside, isOneWay, 1);
  }

  /** Undoes a cut. */
  void join(boolean[] isInside, boolean isOneWay) {
    add(isInside, isOneWay, -1);
  }

  /** Undoes all cuts. */
  void mend() {
    for (int[] from : cuts) {
      Arrays.fill(from, Integer.MIN_VALUE / 2);
    }
  }

  private void add(boolean[] isInside, boolean isOneWay, int more) {
    for (int from = 0; from < cuts.length; from++) {
      for (int to = 0; to < cuts.length; to++) {
        boolean leaves = isInside[from] && !isInside[to];
        boolean enters = !isInside[from] && isInside[to];
        if (leaves || (enters && !isOneWay)) {
          cuts[from][to] += more;
        }
      }
    }
  }
}
