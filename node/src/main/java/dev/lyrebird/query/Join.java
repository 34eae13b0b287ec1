package dev.lyrebird.query;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a condition asks of joined rows, by a path that leads through a relationship. A row passes
 * as if the rows that it joins stood in it.
 *
 * @param term the part of the condition that asks it
 * @param type what is joined
 * @param asked of a joined row; null where all that is asked is whether there is one
 * @param isOfLack whether {@code term} asks that there be none; only where {@code asked} is null
 */
public record Join(
    Expression term, RelatedType type, @Nullable Expression asked, boolean isOfLack) {

  /**
   * Finds what a condition asks of joined rows.
   *
   * @throws RefusedException where it compares joined rows themselves with anything but null
   */
  public static List<Join> in(Expression condition, TableDefinition table) {
    List<Join> joins = new ArrayList<>();
    find(condition, table, joins);
    return joins;
  }

  private static void find(Expression part, TableDefinition table, List<Join> found) {
    switch (part) {
      case Expression.And(var terms) -> terms.forEach(term -> find(term, table, found));
      case Expression.Or(var terms) -> terms.forEach(term -> find(term, table, found));
      case Expression.Comparison(var path, var relation) -> {
        RelatedType type = table.relationship(path.first()).orElse(null);
        if (type != null) {
          AttributePath inner = path.inner();
          found.add(
              inner == null
                  ? ofExistence(part, path, type, relation)
                  : new Join(part, type, new Expression.Comparison(inner, relation), false));
        }
      }
      case Expression.Range(var path, var first, var second) -> {
        RelatedType type = table.relationship(path.first()).orElse(null);
        if (type != null) {
          AttributePath inner = path.inner();
          if (inner == null) {
            throw notComparable(path, type);
          }
          found.add(new Join(part, type, new Expression.Range(inner, first, second), false));
        }
      }
    }
  }

  private static Join ofExistence(
      Expression term, AttributePath path, RelatedType type, Expression.Relation relation) {
    Operator operator = relation.operator();
    boolean isOfNull =
        relation.operand().kind() == Operand.Kind.NULL
            && (operator == Operator.EQUAL || operator == Operator.NOT_EQUAL);
    if (!isOfNull) {
      throw notComparable(path, type);
    }
    return new Join(term, type, null, operator == Operator.EQUAL);
  }

  private static RefusedException notComparable(AttributePath path, RelatedType type) {
    return QueryFault.at(
        path.at(),
        "%s joins rows of %s: name one of their attributes, or compare with null"
            .formatted(path, type.typeName()));
  }
}
