package dev.lyrebird.query;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How a value is compared with an operand. */
public enum Operator {
  EQUAL("=", Kind.EQUALITY),
  /** Text stays text, where {@link #EQUAL} goes by the type that the value has in its row. */
  STRICTLY_EQUAL("===", Kind.EQUALITY),
  NOT_EQUAL("!=", Kind.EQUALITY),
  STRICTLY_NOT_EQUAL("!==", Kind.EQUALITY),
  GREATER("=gt=", Kind.LOWER_BOUND),
  GREATER_OR_EQUAL("=ge=", Kind.LOWER_BOUND),
  LESS("=lt=", Kind.UPPER_BOUND),
  LESS_OR_EQUAL("=le=", Kind.UPPER_BOUND),
  CONTAINS("=ct=", Kind.TEXT),
  STARTS_WITH("=sw=", Kind.TEXT),
  ENDS_WITH("=ew=", Kind.TEXT);

  /** What an operator asks of its operand. */
  public enum Kind {
    EQUALITY,
    LOWER_BOUND,
    UPPER_BOUND,
    TEXT;

    /** Whether values must have an order. */
    public boolean isBound() {
      return this == LOWER_BOUND || this == UPPER_BOUND;
    }
  }

  private final String sign;
  private final Kind kind;

  Operator(String sign, Kind kind) {
    this.sign = sign;
    this.kind = kind;
  }

  /** Returns what stands between attribute and operand. */
  public String sign() {
    return sign;
  }

  /** Returns what it asks of its operand. */
  public Kind kind() {
    return kind;
  }

  /** Returns the operator that is written with a name, {@code gt} or {@code ne} for example. */
  static Optional<Operator> named(String name) {
    if (name.equals("ne")) {
      return Optional.of(NOT_EQUAL);
    }
    String sign = '=' + name + '=';
    return Arrays.stream(values()).filter(operator -> operator.sign.equals(sign)).findFirst();
  }

  /** The names of those that are written with one. */
  static List<String> names() {
    return List.of("gt", "ge", "lt", "le", "ne", "ct", "sw", "ew");
  }

  /** Whether a name is that of a bound, which can follow another without its attribute. */
  static boolean isBound(String name) {
    return named(name).map(Operator::kind).filter(Kind::isBound).isPresent();
  }
}
