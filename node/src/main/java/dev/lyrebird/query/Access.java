package dev.lyrebird.query;

import org.jspecify.annotations.Nullable;

/** How the rows are found of which a condition then lets some pass. */
public sealed interface Access {

  /**
   * The rows are read one after another.
   *
   * @param idPrefix what the ids of all of them begin with
   * @param reason why no index was used; null where one would be of no use
   */
  record Scan(String idPrefix, @Nullable String reason) implements Access {}
}
