package dev.lyrebird.query;

import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives conditions the types of one table, and refuses what can hold of none of its rows. */
final class Typing {

  private final TableDefinition table;
  private final Attributes attributes;
  private final Map<Expression, RowMatcher> joins;

  /**
   * @param joins what terms about joined rows come to
   */
  Typing(TableDefinition table, Map<Expression, RowMatcher> joins) {
    this.table = table;
    this.attributes = new Attributes(table);
    this.joins = joins;
  }

  RowMatcher matcher(Expression condition) {
    RowMatcher joined = joins.get(condition);
    return joined == null ? ofRow(condition) : joined;
  }

  private RowMatcher ofRow(Expression condition) {
    return switch (condition) {
      case Expression.And(var terms) -> new RowMatcher.All(matchers(terms));
      case Expression.Or(var terms) -> new RowMatcher.Any(matchers(terms));
      case Expression.Comparison(var attribute, var relation) ->
          new RowMatcher.OfAttribute(attribute.names(), matcher(attribute, relation));
      case Expression.Range(var attribute, var first, var second) ->
          new RowMatcher.OfAttribute(
              attribute.names(),
              both(
                  (ValueMatcher.Within) matcher(attribute, first),
                  (ValueMatcher.Within) matcher(attribute, second)));
    };
  }

  private List<RowMatcher> matchers(List<Expression> terms) {
    return terms.stream().map(this::matcher).toList();
  }

  private static ValueMatcher.Within both(ValueMatcher.Within one, ValueMatcher.Within other) {
    return new ValueMatcher.Within(
        one.low() == null ? other.low() : one.low(),
        one.high() == null ? other.high() : one.high());
  }

  private ValueMatcher matcher(AttributePath attribute, Expression.Relation relation) {
    ScalarType type = attributes.scalarType(attribute);
    Operator operator = relation.operator();
    Operand operand = relation.operand();
    if (operand.kind() == Operand.Kind.NULL) {
      return operator == Operator.EQUAL ? new ValueMatcher.IsNull() : new ValueMatcher.IsNotNull();
    }
    return switch (operator) {
      case EQUAL, STRICTLY_EQUAL ->
          new ValueMatcher.Equals(operand(attribute, type, operand, operator));
      case NOT_EQUAL, STRICTLY_NOT_EQUAL ->
          new ValueMatcher.Differs(operand(attribute, type, operand, operator));
      case GREATER -> new ValueMatcher.Within(bound(attribute, type, relation, false), null);
      case GREATER_OR_EQUAL ->
          new ValueMatcher.Within(bound(attribute, type, relation, true), null);
      case LESS -> new ValueMatcher.Within(null, bound(attribute, type, relation, false));
      case LESS_OR_EQUAL -> new ValueMatcher.Within(null, bound(attribute, type, relation, true));
      case CONTAINS, STARTS_WITH, ENDS_WITH -> text(attribute, type, relation);
    };
  }

  private ValueMatcher.Bound bound(
      AttributePath attribute, ScalarType type, Expression.Relation relation, boolean isIncluded) {
    boolean hasOrder = type != ScalarType.BOOLEAN && type != ScalarType.BYTES;
    if (!hasOrder || relation.operand().kind() == Operand.Kind.BOOLEAN) {
      throw QueryFault.at(
          attribute.at(),
          "%s is compared with true or false or bytes, which have no order".formatted(attribute));
    }
    return new ValueMatcher.Bound(
        operand(attribute, type, relation.operand(), relation.operator()), isIncluded);
  }

  private ValueMatcher text(
      AttributePath attribute, ScalarType type, Expression.Relation relation) {
    Operand operand = relation.operand();
    boolean isText =
        switch (type) {
          case ID, STRING, ANY -> true;
          case INT, LONG, FLOAT, BOOLEAN, DATE, BYTES, BIG_INT -> false;
        };
    if (!isText) {
      throw QueryFault.at(
          attribute.at(),
          "%s looks for text, but %s is %s"
              .formatted(relation.operator().sign(), attribute, type.sdl()));
    }
    return switch (operand.kind()) {
      case PLAIN, STRING ->
          new ValueMatcher.HasText(relation.operator(), operand.text(), type == ScalarType.ID);
      case NUMBER, BOOLEAN, DATE, NULL ->
          throw QueryFault.at(
              operand.at(),
              "expected text behind " + relation.operator().sign() + ", not another type");
    };
  }

  private Scalar operand(
      AttributePath attribute, ScalarType type, Operand operand, Operator operator) {
    Scalar scalar =
        switch (type) {
          case ID, STRING, BYTES -> text(operand, type == ScalarType.ID);
          case INT, LONG, FLOAT -> numeral(operand, false);
          case BIG_INT -> numeral(operand, true);
          case BOOLEAN -> truth(operand);
          case DATE -> moment(operand);
          case ANY -> ofAnyType(operand, operator);
        };
    if (scalar == null) {
      throw QueryFault.at(
          operand.at(),
          "%s of %s is %s, and '%s' is none"
              .formatted(attribute, table.typeName(), type.sdl(), operand));
    }
    return scalar;
  }

  private static @Nullable Scalar text(Operand operand, boolean takesNumbers) {
    return switch (operand.kind()) {
      case PLAIN, STRING -> new Scalar.Text(operand.text(), takesNumbers);
      case NULL, NUMBER, BOOLEAN, DATE -> null;
    };
  }

  /** Times are kept in numbers too: the stamps of a table are. */
  private static @Nullable Scalar numeral(Operand operand, boolean takesDigits) {
    BigDecimal number =
        switch (operand.kind()) {
          case PLAIN, NUMBER -> Literals.number(operand.text());
          case DATE -> Literals.millis(operand.text());
          case STRING -> takesDigits ? Literals.number(operand.text()) : null;
          case NULL, BOOLEAN -> null;
        };
    return number == null ? null : new Scalar.Numeral(number, takesDigits);
  }

  private static @Nullable Scalar truth(Operand operand) {
    Boolean truth =
        switch (operand.kind()) {
          case PLAIN, BOOLEAN -> Literals.truth(operand.text());
          case NULL, NUMBER, STRING, DATE -> null;
        };
    return truth == null ? null : new Scalar.Truth(truth);
  }

  private static @Nullable Scalar moment(Operand operand) {
    BigDecimal millis =
        switch (operand.kind()) {
          case PLAIN, NUMBER, STRING, DATE -> Literals.millis(operand.text());
          case NULL, BOOLEAN -> null;
        };
    return millis == null ? null : new Scalar.Moment(millis);
  }

  private static @Nullable Scalar ofAnyType(Operand operand, Operator operator) {
    String text = operand.text();
    boolean isStrict =
        operator == Operator.STRICTLY_EQUAL || operator == Operator.STRICTLY_NOT_EQUAL;
    return switch (operand.kind()) {
      case PLAIN ->
          isStrict ? new Scalar.Text(text, false) : new Scalar.Untyped(text, Literals.number(text));
      case STRING -> new Scalar.Text(text, false);
      case NUMBER -> numeral(operand, false);
      case BOOLEAN -> truth(operand);
      case DATE -> moment(operand);
      case NULL -> null;
    };
  }
}
