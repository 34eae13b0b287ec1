package dev.lyrebird.query;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of each row is wanted, as it was written; see {@link Projection}. */
public sealed interface Select {

  /** Returns the attributes it names. */
  List<Item> items();

  /** The value of one attribute, by itself: {@code select(a)}. */
  record Value(Item item) implements Select {

    @Override
    public List<Item> items() {
      return List.of(item);
    }

    @Override
    public String toString() {
      return "select(" + item + ')';
    }
  }

  /** An object with these attributes: {@code select(a,b)}, or {@code select(a,)} for one alone. */
  record Attributes(List<Item> items) implements Select {

    public Attributes {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      return "select(" + Item.list(items) + (items.size() == 1 ? ",)" : ")");
    }
  }

  /** A list of their values: {@code select([a,b])}. */
  record Values(List<Item> items) implements Select {

    public Values {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      return "select([" + Item.list(items) + "])";
    }
  }

  /**
   * An attribute that is wanted.
   *
   * @param within what of the object, or of each of the objects, that it holds: {@code a{b,c}};
   *     null for all of it
   * @param at where it stood; not compared, since it says nothing of what is asked
   */
  record Item(String name, @Nullable List<Item> within, int at) {

    public Item {
      within = within == null ? null : List.copyOf(within);
    }

    static String list(List<Item> items) {
      return items.stream().map(Item::toString).collect(Collectors.joining(","));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Item that
          && name.equals(that.name)
          && (within == null ? that.within == null : within.equals(that.within));
    }

    @Override
    public int hashCode() {
      return 31 * name.hashCode() + (within == null ? 0 : within.hashCode());
    }

    @Override
    public String toString() {
      String escaped = QueryText.escape(name);
      return within == null ? escaped : escaped + '{' + list(within) + '}';
    }
  }
}
