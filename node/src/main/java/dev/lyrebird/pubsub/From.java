package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import org.jspecify.annotations.Nullable;

/** Which entries of a journal a page is to have, and where it begins. */
public sealed interface From {

  /** All that change what clients see behind a place. */
  record Behind(Place place) implements From {}

  /** Likewise, but of each row only the last change that the page comes upon. */
  record Conflated(Place place) implements From {}

  /**
   * Those behind a place for a reader that has seen changes on another node: it is to know of all
   * changes of rows, also of those that it has seen and of those that changed nothing here, but for
   * news that a change which it has seen has replaced.
   *
   * @param seen what it has seen
   */
  record Elsewhere(Place place, VersionVector seen) implements From {}

  /**
   * Those that a vector does not cover, and from the first of them on the others as {@link
   * Elsewhere}.
   *
   * @param rowsAt where the rows stood so that the reader was told here, or null for nowhere. It is
   *     to know then of all changes of rows behind that place
   */
  record NotCovered(VersionVector covered, @Nullable Place rowsAt) implements From {}
}
