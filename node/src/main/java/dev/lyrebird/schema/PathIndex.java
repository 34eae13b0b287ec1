package dev.lyrebird.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the longest of a fixed set of paths that a given path begins with, on whole segments. It
 * runs for every message: one pass over the first segments, each looked up by the hash of what has
 * been read so far, and nothing of the path is copied. Immutable; any thread may use it.
 */
public final class PathIndex<T> {
  private final List<List<Entry<T>>> buckets;
  private final int mostSegments;

  /** One of the paths, and what stands there. */
  public record Entry<T>(String path, T value) {}

  /**
   * What a path begins with.
   *
   * @param exact the longest path that it begins with
   * @param miss a longer one still that it would begin with if case did not matter
   */
  public record Match<T>(@Nullable Entry<T> exact, @Nullable Entry<T> miss) {}

  /** The paths are not empty and have no slash at either end. */
  public PathIndex(Map<String, T> values) {
    int size = Integer.highestOneBit(values.size() * 2 + 1);
    List<List<Entry<T>>> filling = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      filling.add(new ArrayList<>());
    }
    int most = 0;
    for (Map.Entry<String, T> value : values.entrySet()) {
      String path = value.getKey();
      filling.get(foldedHash(path) & (size - 1)).add(new Entry<>(path, value.getValue()));
      most = Math.max(most, 1 + (int) path.chars().filter(unit -> unit == '/').count());
    }
    this.buckets = filling.stream().map(List::copyOf).toList();
    this.mostSegments = most;
  }

  /** The longest match; the path may go on after it, but only with a slash. */
  public Match<T> longest(String path) {
    return longest(path, path.length());
  }

  /** The longest match after which the path goes on with a slash and at least one character. */
  public Match<T> longestWithRest(String path) {
    return longest(path, path.length() - 2);
  }

  /**
   * @param lastEnd the last index at which a match may end
   */
  private Match<T> longest(String path, int lastEnd) {
    Entry<T> exact = null;
    Entry<T> miss = null;
    int segments = 0;
    int hash = 0;
    for (int end = 0; end <= lastEnd && segments < mostSegments; end++) {
      if (end == path.length() || path.charAt(end) == '/') {
        segments++;
        Entry<T> entry = entry(path, end, hash);
        if (entry != null && path.startsWith(entry.path)) {
          exact = entry;
          miss = null;
        } else if (entry != null) {
          miss = entry;
        }
      }
      if (end < path.length()) {
        hash = 31 * hash + fold(path.charAt(end));
      }
    }
    return new Match<>(exact, miss);
  }

  /** The entry that the path's beginning spells; failing that, one that it spells but for case. */
  private @Nullable Entry<T> entry(String path, int end, int hash) {
    List<Entry<T>> bucket = buckets.get(hash & (buckets.size() - 1));
    Entry<T> miss = null;
    for (int i = 0; i < bucket.size(); i++) {
      Entry<T> entry = bucket.get(i);
      if (entry.path.length() == end && path.regionMatches(true, 0, entry.path, 0, end)) {
        if (path.startsWith(entry.path)) {
          return entry;
        }
        miss = entry;
      }
    }
    return miss;
  }

  private static int foldedHash(String path) {
    int hash = 0;
    for (int i = 0; i < path.length(); i++) {
      hash = 31 * hash + fold(path.charAt(i));
    }
    return hash;
  }

  /** Folds as {@link String#regionMatches(boolean, int, String, int, int)} does. */
  private static char fold(char unit) {
    return Character.toLowerCase(Character.toUpperCase(unit));
  }
}
