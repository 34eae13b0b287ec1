package dev.lyrebird.query;

import java.util.List;
import java.util.SortedSet;

/**
 * How rows are found that may pass a condition. All that pass are among them; which of them do, the
 * condition decides on each row.
 */
public sealed interface Access {

  /**
   * Rows are read one after another.
   *
   * @param ids of all of them, in UTF-8
   */
  record Scan(KeyRange ids) implements Access {}

  /**
   * The condition names the rows.
   *
   * @param ids of all of them
   */
  record Ids(SortedSet<String> ids) implements Access {}

  /**
   * An index names the rows.
   *
   * @param attribute whose index it is
   * @param number of the index
   * @param ranges in which all rows have a key that may pass
   * @param isOfOneKey whether all these have the same key, so that the index has them by their ids
   */
  record Index(String attribute, int number, List<KeyRange> ranges, boolean isOfOneKey)
      implements Access {

    public Index {
      ranges = List.copyOf(ranges);
    }
  }

  /** Rows that are found in each of several ways; it is right to go only some of them. */
  record All(List<Access> parts) implements Access {

    public All {
      parts = List.copyOf(parts);
    }
  }

  /** Rows that are found in one of several ways, all of which have to be gone. */
  record Any(List<Access> parts) implements Access {

    public Any {
      parts = List.copyOf(parts);
    }
  }

  /**
   * All rows, in the order in which an index has them.
   *
   * @param attribute whose index it is
   * @param number of the index
   * @param isDescending whether the last come first
   */
  record InOrder(String attribute, int number, boolean isDescending) implements Access {}
}
