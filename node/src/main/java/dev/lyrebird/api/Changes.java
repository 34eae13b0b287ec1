package dev.lyrebird.api;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a table, in order, read by waiting for it. Who reads slowly costs no memory; what
 * is not taken here stays in the journal. One thread reads; any may close. They do not end, and so
 * cannot be sent or returned themselves, but one by one.
 */
public interface Changes extends Iterable<Change>, AutoCloseable {

  /**
   * Waits for the next change for so long.
   *
   * @return null where none came in time, or this is closed
   */
  @Nullable Change next(Duration limit);

  /** Hears no more. */
  @Override
  void close();

  /** Waits in {@code hasNext}, and ends when this is closed. */
  @Override
  default Iterator<Change> iterator() {
    return new Iterator<>() {

      private @Nullable Change ahead;

      @Override
      public boolean hasNext() {
        if (ahead == null) {
          ahead = Changes.this.next(Duration.ofNanos(Long.MAX_VALUE));
        }
        return ahead != null;
      }

      @Override
      public Change next() {
        if (!hasNext() || ahead == null) {
          throw new NoSuchElementException("nothing is heard of any more");
        }
        Change change = ahead;
        ahead = null;
        return change;
      }
    };
  }
}
