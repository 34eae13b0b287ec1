package dev.lyrebird.table;

import dev.lyrebird.journal.Entry;
import java.util.Set;
import java.util.function.Predicate;

/** Which entries a reading of the journal wants. */
@FunctionalInterface
public interface Selection {

  /** Tells whether an entry is wanted. */
  boolean wants(Entry entry);

  /**
   * Returns the ids of which alone entries can be wanted, so that the journal need not look at
   * others; empty where they can be of any.
   */
  default Set<String> ids() {
    return Set.of();
  }

  /**
   * Returns a selection of entries of some rows or topics.
   *
   * @param ids at least one
   * @param wanted which of their entries
   */
  static Selection of(Set<String> ids, Predicate<Entry> wanted) {
    return new Selection() {
      @Override
      public boolean wants(Entry entry) {
        return wanted.test(entry);
      }

      @Override
      public Set<String> ids() {
        return ids;
      }
    };
  }

  /** Returns the part of this selection for which something else holds too. */
  default Selection and(Predicate<Entry> other) {
    return of(ids(), entry -> other.test(entry) && wants(entry));
  }
}
