package dev.lyrebird.query;

import java.util.List;
import java.util.stream.Collectors;

/** A condition as it was written; see {@link RowMatcher} for what it means in a table. */
public sealed interface Expression {

  /** All of them hold; two or more, none of which is an {@code And}. */
  record And(List<Expression> terms) implements Expression {

    public And {
      terms = List.copyOf(terms);
    }

    @Override
    public String toString() {
      return terms.stream()
          .map(term -> term instanceof Or or ? "(" + or + ')' : term.toString())
          .collect(Collectors.joining("&"));
    }
  }

  /** At least one of them holds; two or more, none of which is an {@code Or}. */
  record Or(List<Expression> terms) implements Expression {

    public Or {
      terms = List.copyOf(terms);
    }

    @Override
    public String toString() {
      return terms.stream().map(Expression::toString).collect(Collectors.joining("|"));
    }
  }

  /**
   * An attribute compares so; of a list of values, one of them.
   *
   * @param relation what is asked of the value
   */
  record Comparison(AttributePath attribute, Relation relation) implements Expression {

    @Override
    public String toString() {
      return attribute.toString() + relation;
    }
  }

  /**
   * An attribute lies between two bounds; of a list of values, one and the same does.
   *
   * @param first one of the two bounds
   * @param second the other, in the other direction
   */
  record Range(AttributePath attribute, Relation first, Relation second) implements Expression {

    /** The second bound is written without the attribute, and with one {@code =} less before it. */
    @Override
    public String toString() {
      return attribute.toString() + first + '&' + second.toString().substring(1);
    }
  }

  /**
   * What is asked of a value.
   *
   * @param operator how it is compared
   * @param operand with what
   */
  record Relation(Operator operator, Operand operand) {

    @Override
    public String toString() {
      return operator.sign() + operand;
    }
  }
}
