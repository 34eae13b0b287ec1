package dev.lyrebird.benchmark;

/** Is told of each message that a receiver gets. Owned by the load's thread. */
interface Receipts {

  /**
   * A message, or the answer to a request, has come.
   *
   * @param stamp when it was sent
   */
  void received(long stamp, long now);
}
