package dev.lyrebird.http;

/** Takes the requests of one kind. Owned by the event loop of its {@link HttpVerticle}. */
@FunctionalInterface
interface Door {

  /**
   * Takes a request of which only the head was read. What this throws is answered as {@link
   * Exchange#attempt} says.
   */
  void open(Exchange exchange);
}
