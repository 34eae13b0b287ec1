package dev.lyrebird.resuming;

import dev.lyrebird.history.Write;

/**
 * A message that was sent and acknowledged.
 *
 * @param row the id of the row whose topic it was sent to
 */
record Message(Write write, String row) {}
