package dev.lyrebird.query;

/**
 * Reads what stands behind an attribute: how it is compared, and with what.
 *
 * <p>Reads the text of its {@link QueryParser}.
 */
final class RelationParser {

  /** What ends a value. Commas, braces and the like are parts of it. */
  private static final String VALUE_STOPS = "&|()[]=";

  private final QueryText text;

  RelationParser(QueryText text) {
    this.text = text;
  }

  /**
   * Reads an operator and its operand.
   *
   * @param attribute before them, for messages
   */
  Expression.Relation relation(AttributePath attribute) {
    int at = text.at();
    if (text.take("!==")) {
      return new Expression.Relation(
          Operator.STRICTLY_NOT_EQUAL, operand(true, Operator.Kind.EQUALITY));
    }
    if (text.take("!=")) {
      return new Expression.Relation(Operator.NOT_EQUAL, operand(false, Operator.Kind.EQUALITY));
    }
    if (text.take("===")) {
      return new Expression.Relation(
          Operator.STRICTLY_EQUAL, operand(true, Operator.Kind.EQUALITY));
    }
    if (text.take("==")) {
      return equalOrPrefix();
    }
    if (text.take("=")) {
      Operator operator = named();
      return new Expression.Relation(operator, operand(false, operator.kind()));
    }
    throw QueryFault.at(
        at,
        text.peek() == '<' || text.peek() == '>'
            ? "expected a comparison; '<' is written =lt= and '>' is written =gt="
            : "expected a comparison such as '=', '!=' or '=gt=' behind %s, but %s"
                .formatted(attribute, text.found()));
  }

  /** Behind one {@code =}: the name of an operator and another {@code =}, or the operand. */
  private Operator named() {
    int at = text.at();
    String name = text.takeUntil(VALUE_STOPS);
    if (text.peek() != '=') {
      text.backTo(at);
      return Operator.EQUAL;
    }
    Operator operator =
        Operator.named(name)
            .orElseThrow(() ->
                QueryFault.at(
                    at,
                    "expected one of the operators %s, but there is '%s'; a '=' within a value is"
                            .formatted(String.join(" ", Operator.names()), name)
                        + " written %3D"));
    text.take("=");
    return operator;
  }

  /** Behind {@code ==}: an operand, or the beginning of a text and a star. */
  private Expression.Relation equalOrPrefix() {
    int at = text.at();
    String raw = text.takeUntil(VALUE_STOPS);
    int star = raw.indexOf('*');
    text.backTo(at);
    if (star < 0) {
      return new Expression.Relation(Operator.EQUAL, operand(false, Operator.Kind.EQUALITY));
    }
    if (star < raw.length() - 1) {
      throw QueryFault.at(
          at + star, "a '*' stands for any text at the end of a value; within it, write %2A");
    }
    text.takeUntil(VALUE_STOPS);
    endOfValue();
    return new Expression.Relation(
        Operator.STARTS_WITH, operand(raw.substring(0, star), at, true, Operator.Kind.TEXT));
  }

  /**
   * Reads an operand.
   *
   * @param isStrict whether the word null is text
   * @param kind of the operator before it
   */
  Operand operand(boolean isStrict, Operator.Kind kind) {
    int at = text.at();
    String raw = text.takeUntil(VALUE_STOPS);
    endOfValue();
    return operand(raw, at, isStrict, kind);
  }

  private void endOfValue() {
    String escape =
        switch (text.peek()) {
          case '(' -> "%28";
          case '[' -> "%5B";
          case '=' -> "%3D";
          default -> null;
        };
    if (escape != null) {
      throw QueryFault.at(
          text.at(),
          "expected the end of a value, but %s; within a value it is written %s"
              .formatted(text.found(), escape));
    }
  }

  /** Makes an operand of a token as it stands in the text. */
  private static Operand operand(String raw, int at, boolean isStrict, Operator.Kind kind) {
    if (raw.equals("null") && !isStrict) {
      if (kind != Operator.Kind.EQUALITY) {
        throw QueryFault.at(at, "null has no order and is no text; the word is string:null");
      }
      return new Operand(Operand.Kind.NULL, "", at);
    }
    Operand operand = prefixed(raw, at);
    if (kind == Operator.Kind.TEXT && operand.text().isEmpty()) {
      throw QueryFault.at(at, "expected some text: every text contains the empty one");
    }
    return operand;
  }

  private static Operand prefixed(String raw, int at) {
    int colon = raw.indexOf(':');
    if (colon <= 0 || !isWord(raw.substring(0, colon))) {
      return new Operand(Operand.Kind.PLAIN, QueryText.decode(raw, at), at);
    }
    String prefix = raw.substring(0, colon + 1);
    String text = QueryText.decode(raw.substring(colon + 1), at + colon + 1);
    for (Operand.Kind kind : Operand.Kind.values()) {
      if (kind.prefix().equals(prefix)) {
        Literals.check(kind, text, at);
        return new Operand(kind, text, at);
      }
    }
    throw QueryFault.at(
        at,
        "expected a value, but '%s' is none of the types number: string: boolean: date:"
                .formatted(prefix)
            + "; a colon behind letters is written %3A");
  }

  private static boolean isWord(String prefix) {
    return prefix.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
  }
}
