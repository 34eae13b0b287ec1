package dev.lyrebird.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The streams of one event loop, for the day the node stops: then each is told to end, and no
 * connection is torn while it is being told. Owned by that loop.
 */
final class OpenStreams {

  private final Set<OpenStream> streams = new HashSet<>();
  private final Promise<Void> ended = Promise.promise();
  private boolean ending;

  /** A stream that has been opened and not yet ended. */
  interface OpenStream {

    /** Tells the client that the node goes away. {@link #remove} follows, now or soon. */
    void goAway();
  }

  void add(OpenStream stream) {
    streams.add(stream);
    if (ending) {
      stream.goAway();
    }
  }

  void remove(OpenStream stream) {
    streams.remove(stream);
    if (ending && streams.isEmpty()) {
      ended.tryComplete();
    }
  }

  /** Ends all streams; the future completes when the last is gone. */
  Future<Void> end() {
    ending = true;
    List.copyOf(streams).forEach(OpenStream::goAway);
    if (streams.isEmpty()) {
      ended.tryComplete();
    }
    return ended.future();
  }
}
