package dev.lyrebird.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.util.Comparator;
import java.util.List;

/**
 * In which order a query wants the rows of one table: by its keys, the first key first, and among
 * equals by their ids. Rows that lack a key's value come behind all others, downwards too.
 * Immutable; any thread may use it.
 *
 * @param keys empty for the order of the ids alone
 */
public record RowOrder(List<Key> keys) implements Comparator<RowOrder.Ranked> {

  /** Nothing is asked for but the order of the ids. */
  public static final RowOrder BY_ID = new RowOrder(List.of());

  public RowOrder {
    keys = List.copyOf(keys);
  }

  /**
   * By what rows are ordered.
   *
   * @param names of the attribute, from the row inwards
   * @param type that the schema gives it; of a list that of its elements
   */
  public record Key(List<String> names, ScalarType type, boolean isDescending) {

    public Key {
      names = List.copyOf(names);
    }

    /** A value within a list is as little in order as the list. */
    SortValue value(JsonNode row) {
      JsonNode value = row;
      for (String name : names) {
        if (value.isArray()) {
          return new SortValue.Unordered();
        }
        value = value.path(name);
      }
      return SortValue.of(value, type);
    }

    private int compare(SortValue one, SortValue other) {
      boolean isMissing = one instanceof SortValue.Missing || other instanceof SortValue.Missing;
      return isDescending && !isMissing ? other.order(one) : one.order(other);
    }

    @Override
    public String toString() {
      return (isDescending ? "-" : "+") + String.join(".", names);
    }
  }

  /**
   * What a row is ordered by.
   *
   * @param values one for each key
   */
  public record Ranked(List<SortValue> values, String id) {}

  /**
   * Gives keys the types of a table.
   *
   * @throws dev.lyrebird.journal.RefusedException where the table has no such attribute
   */
  public static RowOrder of(List<Query.SortKey> keys, TableDefinition table) {
    Attributes attributes = new Attributes(table);
    RowOrder order =
        new RowOrder(
            keys.stream()
                .map(key ->
                    new Key(
                        key.attribute().names(),
                        attributes.scalarType(key.attribute()),
                        key.isDescending()))
                .toList());
    return order.isThatOfIds(table) ? BY_ID : order;
  }

  /** Ids that are text are in their order as it is, and no two rows are equal by them. */
  private boolean isThatOfIds(TableDefinition table) {
    return !keys.isEmpty()
        && keys.getFirst().names().equals(List.of(table.key().attribute()))
        && !keys.getFirst().isDescending()
        && switch (table.key().type()) {
          case ID, STRING -> true;
          case INT, LONG -> false;
        };
  }

  /** Tells whether it is the order of the ids. */
  public boolean isById() {
    return keys.isEmpty();
  }

  /**
   * Returns what a row is ordered by.
   *
   * @param row as {@link RowTree} reads what clients are shown of it
   */
  public Ranked rank(JsonNode row, String id) {
    return new Ranked(keys.stream().map(key -> key.value(row)).toList(), id);
  }

  @Override
  public int compare(Ranked one, Ranked other) {
    for (int i = 0; i < keys.size(); i++) {
      int order = keys.get(i).compare(one.values().get(i), other.values().get(i));
      if (order != 0) {
        return order;
      }
    }
    return compareIds(one.id(), other.id());
  }

  /** Compares ids as tables do: by the bytes of their UTF-8. */
  public static int compareIds(String one, String other) {
    return Scalar.Text.order(one, other);
  }
}
