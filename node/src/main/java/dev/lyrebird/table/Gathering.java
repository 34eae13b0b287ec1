package dev.lyrebird.table;

import dev.lyrebird.query.Access;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.query.RowOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the ids of the rows that may pass a condition, step by step. Owned by the table's thread.
 *
 * <p>There is a bound to how many are gathered: where an index names more, to read all rows costs
 * hardly more than to look each of them up.
 */
sealed interface Gathering extends AutoCloseable {

  /** How far it has come. */
  enum State {
    UNDER_WAY,
    COMPLETE,
    /** There are more than it may gather; nothing more comes of it. */
    TOO_MANY
  }

  /**
   * Goes on.
   *
   * @param most how many entries to read about
   */
  State read(int most);

  /** Returns the ids, once they are complete. */
  SortedSet<String> ids();

  /** Returns how many entries it has read, of indexes or of the ids of rows. */
  long entriesRead();

  /** Returns how the rows were found, once they are complete. */
  Access used();

  @Override
  void close();

  /**
   * Begins to gather what can be found in some way.
   *
   * @param maxIds how many ids may be gathered
   */
  static Gathering of(Access access, TableStore.View view, int maxIds) {
    return switch (access) {
      case Access.Ids named -> new Named(named);
      case Access.Index index ->
          new Scanned(
              index,
              index.ranges().iterator(),
              keys -> view.index(index.number(), keys, false),
              maxIds);
      case Access.Scan scan ->
          new Scanned(scan, List.of(scan.ids()).iterator(), view::rows, maxIds);
      case Access.All(var parts) -> new Intersection(all(parts, view, maxIds));
      case Access.Any(var parts) -> new Union(all(parts, view, maxIds), maxIds);
      case Access.InOrder inOrder ->
          throw new IllegalArgumentException("all rows are in " + inOrder + ", and name none");
    };
  }

  private static List<Gathering> all(List<Access> parts, TableStore.View view, int maxIds) {
    return parts.stream().map(part -> of(part, view, maxIds)).toList();
  }

  private static SortedSet<String> none() {
    return new TreeSet<>(RowOrder::compareIds);
  }

  /** What the condition names itself. */
  record Named(Access.Ids used) implements Gathering {

    @Override
    public State read(int most) {
      return State.COMPLETE;
    }

    @Override
    public SortedSet<String> ids() {
      return used.ids();
    }

    @Override
    public long entriesRead() {
      return 0;
    }

    @Override
    public void close() {}
  }

  /** What an index has in some ranges of its keys, or the rows that have their ids in a range. */
  final class Scanned implements Gathering {

    private final Access used;
    private final Iterator<KeyRange> ranges;
    private final Function<KeyRange, TableStore.IdScan> opening;
    private final int maxIds;
    private final SortedSet<String> ids = none();
    private TableStore.@Nullable IdScan scan;
    private long entriesRead;

    Scanned(
        Access used,
        Iterator<KeyRange> ranges,
        Function<KeyRange, TableStore.IdScan> opening,
        int maxIds) {
      this.used = used;
      this.ranges = ranges;
      this.opening = opening;
      this.maxIds = maxIds;
    }

    @Override
    public State read(int most) {
      for (int i = 0; i < most; i++) {
        if (scan == null) {
          if (!ranges.hasNext()) {
            return State.COMPLETE;
          }
          scan = opening.apply(ranges.next());
        }
        if (scan.next()) {
          entriesRead++;
          ids.add(scan.id());
        } else {
          close();
        }
        if (ids.size() > maxIds) {
          return State.TOO_MANY;
        }
      }
      return State.UNDER_WAY;
    }

    @Override
    public SortedSet<String> ids() {
      return ids;
    }

    @Override
    public long entriesRead() {
      return entriesRead;
    }

    @Override
    public Access used() {
      return used;
    }

    @Override
    public void close() {
      if (scan != null) {
        scan.close();
        scan = null;
      }
    }
  }

  /** What is found in one of several ways. */
  final class Union implements Gathering {

    private final List<Gathering> parts;
    private final int maxIds;
    private final SortedSet<String> ids = none();
    private int complete;

    Union(List<Gathering> parts, int maxIds) {
      this.parts = parts;
      this.maxIds = maxIds;
    }

    @Override
    public State read(int most) {
      while (complete < parts.size()) {
        Gathering part = parts.get(complete);
        State state = part.read(most);
        if (state != State.COMPLETE) {
          return state;
        }
        ids.addAll(part.ids());
        part.close();
        complete++;
        if (ids.size() > maxIds) {
          return State.TOO_MANY;
        }
      }
      return State.COMPLETE;
    }

    @Override
    public SortedSet<String> ids() {
      return ids;
    }

    @Override
    public long entriesRead() {
      return parts.stream().mapToLong(Gathering::entriesRead).sum();
    }

    @Override
    public Access used() {
      return new Access.Any(parts.stream().map(Gathering::used).toList());
    }

    @Override
    public void close() {
      parts.forEach(Gathering::close);
    }
  }

  /**
   * What is found in each of several ways. They are gone side by side, for nobody knows before
   * which names the fewest rows; once one is at its end, the others go on only while that costs
   * less than to look its rows up.
   */
  final class Intersection implements Gathering {

    private static final int ENTRIES_AT_ONCE = 64;

    /** To look a row up and to judge it takes as long as to read so many entries. */
    private static final int ENTRIES_A_ROW = 8;

    private final List<Gathering> parts;
    private final List<Gathering> running;
    private final List<Access> used = new ArrayList<>();
    private @Nullable SortedSet<String> ids;

    Intersection(List<Gathering> parts) {
      this.parts = parts;
      this.running = new ArrayList<>(parts);
    }

    @Override
    public State read(int most) {
      long end = entriesRead() + most;
      while (!running.isEmpty() && entriesRead() < end) {
        readEach();
      }
      if (!running.isEmpty()) {
        return State.UNDER_WAY;
      }
      return ids == null ? State.TOO_MANY : State.COMPLETE;
    }

    private void readEach() {
      for (Iterator<Gathering> each = running.iterator(); each.hasNext(); ) {
        Gathering part = each.next();
        if (!isWorthwhile(part)) {
          part.close();
          each.remove();
          continue;
        }
        State state = part.read(ENTRIES_AT_ONCE);
        if (state != State.UNDER_WAY) {
          part.close();
          each.remove();
        }
        if (state == State.COMPLETE) {
          add(part);
        }
      }
    }

    private void add(Gathering part) {
      used.add(part.used());
      if (ids == null) {
        ids = new TreeSet<>(part.ids());
      } else {
        ids.retainAll(part.ids());
      }
    }

    private boolean isWorthwhile(Gathering part) {
      return ids == null || part.entriesRead() < (long) ENTRIES_A_ROW * ids.size();
    }

    @Override
    public SortedSet<String> ids() {
      return ids == null ? none() : ids;
    }

    @Override
    public long entriesRead() {
      return parts.stream().mapToLong(Gathering::entriesRead).sum();
    }

    @Override
    public Access used() {
      return used.size() == 1 ? used.getFirst() : new Access.All(used);
    }

    @Override
    public void close() {
      parts.forEach(Gathering::close);
    }
  }
}
