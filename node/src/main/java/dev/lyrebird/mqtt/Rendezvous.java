package dev.lyrebird.mqtt;

import java.util.Collection;

/**
 * Which of several nodes is to look after something: all that know the same nodes choose the same
 * one, each is chosen equally often, and only what a node that goes looked after moves (highest
 * random weight, Thaler and Ravishankar 1996). Pure.
 */
final class Rendezvous {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Rendezvous() {}

  /**
   * Returns the chosen node.
   *
   * @param nodes at least one
   */
  static long of(String key, Collection<Long> nodes) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * FNV_PRIME;
    }
    long chosen = 0;
    long greatest = 0;
    boolean isFirst = true;
    for (long node : nodes) {
      long weight = mixed(hash ^ mixed(node));
      if (isFirst || weight > greatest || (weight == greatest && node > chosen)) {
        chosen = node;
        greatest = weight;
        isFirst = false;
      }
    }
    return chosen;
  }

  /** The finalizer of SplitMix64: every bit of the input moves every bit of the output. */
  private static long mixed(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
