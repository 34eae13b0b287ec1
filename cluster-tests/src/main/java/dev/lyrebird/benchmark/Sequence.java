package dev.lyrebird.benchmark;

/**
 * Messages in their order, kept as their number and a hash of their stamps: two sequences that are
 * alike have missed nothing, repeated nothing and changed no order. Owned by the load's thread.
 */
final class Sequence implements Receipts {

  private long messages;
  private long hash;

  void add(long stamp) {
    messages++;
    hash = 31 * hash + stamp;
  }

  @Override
  public void received(long stamp, long now) {
    add(stamp);
  }

  long messages() {
    return messages;
  }

  boolean isLike(Sequence other) {
    return messages == other.messages && hash == other.hash;
  }

  void clear() {
    messages = 0;
    hash = 0;
  }
}
