package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * All changes of a simulated table in the whole cluster: for each origin a chain in the order of
 * time. Each replica applies every chain in order, and mixes the chains as it likes.
 */
final class Chains {

  static final int ORIGINS = 3;

  private final List<List<Change>> chains =
      IntStream.range(0, ORIGINS).<List<Change>>mapToObj(origin -> new ArrayList<>()).toList();
  private long time;

  /** Returns a change of a chain; the first replica to come to the chain's end makes a new one. */
  Change change(int origin, int index, Supplier<Write> write) {
    List<Change> chain = chains.get(origin);
    if (index == chain.size()) {
      chain.add(new Change(new Timestamp(++time, origin), write.get()));
    }
    return chain.get(index);
  }
}
