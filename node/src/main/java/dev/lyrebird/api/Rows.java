package dev.lyrebird.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * Rows that are read as they are taken, a page at a time, as they stood when the reading began. To
 * be closed where not all are taken: a table serves only so many readings at once. One thread takes
 * them.
 *
 * <p>Where they are sent, returned, or written as JSON within another object, they are an array of
 * at most 16 MiB, which is taken in full; then they are closed.
 *
 * @param <T> as what
 */
public interface Rows<T> extends Iterable<T>, AutoCloseable {

  /**
   * Takes the rows that are left, each once; waits for pages in {@code hasNext}.
   *
   * @throws ProblemException while taking, where the query would take more than its bounds allow
   */
  @Override
  Iterator<T> iterator();

  /** Reads no more. Does nothing where all was taken. */
  @Override
  void close();

  /** Returns the same rows as something else. */
  default <R> Rows<R> map(Function<? super T, ? extends R> mapping) {
    Rows<T> rows = this;
    return new Rows<>() {

      @Override
      public Iterator<R> iterator() {
        Iterator<T> each = rows.iterator();
        return new Iterator<>() {

          @Override
          public boolean hasNext() {
            return each.hasNext();
          }

          @Override
          public R next() {
            return mapping.apply(each.next());
          }
        };
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }

  /** Takes all that are left, which have to fit into memory. */
  default List<T> toList() {
    List<T> all = new ArrayList<>();
    try (this) {
      forEach(all::add);
    }
    return all;
  }
}
