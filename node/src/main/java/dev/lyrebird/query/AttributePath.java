package dev.lyrebird.query;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Names an attribute of a row, or of an object within it.
 *
 * @param names from the row inwards, at least one
 * @param at where it stood; not compared, since it says nothing of what is asked
 */
public record AttributePath(List<String> names, int at) {

  public AttributePath {
    names = List.copyOf(names);
  }

  /** Returns the attribute of the row itself. */
  public String first() {
    return names.getFirst();
  }

  /** Returns what it names within its first attribute; null where that is all of it. */
  @Nullable AttributePath inner() {
    return names.size() == 1 ? null : new AttributePath(names.subList(1, names.size()), at);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AttributePath that && names.equals(that.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  @Override
  public String toString() {
    return names.size() == 1 && Operator.isBound(first())
        ? QueryText.escapeFirst(first())
        : names.stream().map(QueryText::escape).collect(Collectors.joining("."));
  }
}
