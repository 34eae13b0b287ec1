package dev.lyrebird.query;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.AttributeType;
import dev.lyrebird.schema.ListType;
import dev.lyrebird.schema.NearestName;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.util.function.Function;

/** Finds the types of the attributes that a query names, and refuses those that cannot be there. */
final class Attributes {

  private final TableDefinition table;

  Attributes(TableDefinition table) {
    this.table = table;
  }

  /** Returns the type of what a path names; {@link ScalarType#ANY} where nothing is declared. */
  AttributeType type(AttributePath path) {
    AttributeType type = type(path.first(), path.at());
    if (path.names().size() == 1) {
      return type;
    }
    return inner(type, path.toString(), path.at());
  }

  /** Returns the type of the values of what a path names: of a list, that of its elements. */
  ScalarType scalarType(AttributePath path) {
    AttributeType type = type(path);
    while (type instanceof ListType list) {
      type = list.element();
    }
    if (type instanceof ScalarType scalar) {
      return scalar;
    }
    throw new IllegalStateException("a path ends at " + type);
  }

  /** Refuses a selection of what cannot be there. */
  void check(Select.Item item) {
    AttributeType type = type(item.name(), item.at());
    if (item.within() != null) {
      inner(type, item.toString(), item.at());
    }
  }

  private AttributeType type(String name, int at) {
    Attribute attribute = table.attribute(name).orElse(null);
    if (attribute == null) {
      if (table.isSealed()) {
        throw unknown(name, at);
      }
      return ScalarType.ANY;
    }
    if (attribute.type() instanceof RelatedType related) {
      throw QueryFault.at(
          at, "%s joins rows of %s, which is not done here".formatted(name, related.typeName()));
    }
    return attribute.type();
  }

  /**
   * Refuses a selection of what cannot be there, neither in a row nor in the rows that it joins.
   *
   * @param types the tables by the names of their types
   */
  void check(Select.Item item, Function<String, TableDefinition> types) {
    Attribute attribute = table.attribute(item.name()).orElse(null);
    if (attribute == null || !(attribute.type() instanceof RelatedType related)) {
      check(item);
    } else if (item.within() != null) {
      Attributes joined = new Attributes(types.apply(related.typeName()));
      item.within().forEach(inner -> joined.check(inner, types));
    }
  }

  /** Only values that may be objects have attributes of their own, whose types nobody declares. */
  private AttributeType inner(AttributeType type, String path, int at) {
    AttributeType element = type;
    while (element instanceof ListType list) {
      element = list.element();
    }
    if (element != ScalarType.ANY) {
      throw QueryFault.at(
          at,
          "%s leads into a value of type %s, which has no attributes".formatted(path, type.sdl()));
    }
    return ScalarType.ANY;
  }

  private RefusedException unknown(String name, int at) {
    String hint =
        NearestName.of(name, table.attributes().stream().map(Attribute::name).toList())
            .map(near -> "; did you mean " + near + '?')
            .orElse("");
    return QueryFault.at(at, "%s has no attribute '%s'%s".formatted(table.typeName(), name, hint));
  }
}
