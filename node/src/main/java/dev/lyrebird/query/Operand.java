package dev.lyrebird.query;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a value is compared with, before the type of the attribute is known.
 *
 * @param kind what its writer said of its type
 * @param text what was written, decoded and without the prefix that names the kind
 * @param at where it stood; not compared, since it says nothing of what is asked
 */
public record Operand(Kind kind, String text, int at) {

  /** What the writer of an operand said of its type. */
  public enum Kind {
    /** Nothing: the attribute's type decides. */
    PLAIN(""),
    NULL(""),
    NUMBER("number:"),
    STRING("string:"),
    BOOLEAN("boolean:"),
    DATE("date:");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    /** What is written before it; empty where that is nothing. */
    String prefix() {
      return prefix;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Operand that && kind == that.kind && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, text);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case NULL -> "null";
      case PLAIN -> text.equals("null") ? QueryText.escapeFirst(text) : QueryText.escape(text);
      case NUMBER, STRING, BOOLEAN, DATE -> kind.prefix + QueryText.escape(text);
    };
  }
}
