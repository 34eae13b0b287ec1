package dev.lyrebird.query;

import dev.lyrebird.schema.AttributeType;
import dev.lyrebird.schema.ListType;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives conditions the types of one table, and refuses what can hold of none of its rows. */
final class Typing {

  private final TableDefinition table;
  private final Attributes attributes;

  Typing(TableDefinition table) {
    this.table = table;
    this.attributes = new Attributes(table);
  }

  RowTest test(Expression condition) {
    return switch (condition) {
      case Expression.And(var terms) -> new RowTest.All(tests(terms));
      case Expression.Or(var terms) -> new RowTest.Any(tests(terms));
      case Expression.Comparison(var attribute, var test) ->
          new RowTest.OfAttribute(attribute.names(), test(attribute, test));
      case Expression.Range(var attribute, var first, var second) ->
          new RowTest.OfAttribute(
              attribute.names(),
              both(
                  (ValueTest.Within) test(attribute, first),
                  (ValueTest.Within) test(attribute, second)));
    };
  }

  private List<RowTest> tests(List<Expression> terms) {
    return terms.stream().map(this::test).toList();
  }

  private static ValueTest.Within both(ValueTest.Within one, ValueTest.Within other) {
    return new ValueTest.Within(
        one.low() == null ? other.low() : one.low(),
        one.high() == null ? other.high() : one.high());
  }

  private ValueTest test(AttributePath attribute, Expression.Test test) {
    ScalarType type = scalar(attributes.type(attribute));
    Operator operator = test.operator();
    Operand operand = test.operand();
    if (operand.kind() == Operand.Kind.NULL) {
      return operator == Operator.EQUAL ? new ValueTest.IsNull() : new ValueTest.IsNotNull();
    }
    return switch (operator) {
      case EQUAL, STRICTLY_EQUAL ->
          new ValueTest.Equals(operand(attribute, type, operand, operator));
      case NOT_EQUAL, STRICTLY_NOT_EQUAL ->
          new ValueTest.Differs(operand(attribute, type, operand, operator));
      case GREATER -> new ValueTest.Within(bound(attribute, type, test, false), null);
      case GREATER_OR_EQUAL -> new ValueTest.Within(bound(attribute, type, test, true), null);
      case LESS -> new ValueTest.Within(null, bound(attribute, type, test, false));
      case LESS_OR_EQUAL -> new ValueTest.Within(null, bound(attribute, type, test, true));
      case CONTAINS, STARTS_WITH, ENDS_WITH -> text(attribute, type, test);
    };
  }

  /** The elements of a list are what is compared. */
  private static ScalarType scalar(AttributeType type) {
    return switch (type) {
      case ScalarType scalar -> scalar;
      case ListType list -> scalar(list.element());
      case RelatedType related -> throw new IllegalStateException("a path ends at " + related);
    };
  }

  private ValueTest.Bound bound(
      AttributePath attribute, ScalarType type, Expression.Test test, boolean isIncluded) {
    boolean hasOrder = type != ScalarType.BOOLEAN && type != ScalarType.BYTES;
    if (!hasOrder || test.operand().kind() == Operand.Kind.BOOLEAN) {
      throw QueryFault.at(
          attribute.at(),
          "%s is compared with true or false or bytes, which have no order".formatted(attribute));
    }
    return new ValueTest.Bound(
        operand(attribute, type, test.operand(), test.operator()), isIncluded);
  }

  private ValueTest text(AttributePath attribute, ScalarType type, Expression.Test test) {
    Operand operand = test.operand();
    boolean isText =
        switch (type) {
          case ID, STRING, ANY -> true;
          case INT, LONG, FLOAT, BOOLEAN, DATE, BYTES, BIG_INT -> false;
        };
    if (!isText) {
      throw QueryFault.at(
          attribute.at(),
          "%s looks for text, but %s is %s"
              .formatted(test.operator().sign(), attribute, type.sdl()));
    }
    return switch (operand.kind()) {
      case PLAIN, STRING ->
          new ValueTest.HasText(test.operator(), operand.text(), type == ScalarType.ID);
      case NUMBER, BOOLEAN, DATE, NULL ->
          throw QueryFault.at(
              operand.at(),
              "expected text behind " + test.operator().sign() + ", not another type");
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
