package dev.lyrebird.client;

import java.util.List;

/** Finds the whole units in a stream of bytes, wherever that is cut. Owned by one thread. */
public interface Decoder<T> {

  /** Takes the next bytes; returns the units that they complete. */
  List<T> take(byte[] bytes);
}
