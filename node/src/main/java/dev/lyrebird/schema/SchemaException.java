package dev.lyrebird.schema;

import static java.util.Objects.requireNonNull;

import graphql.language.Node;
import graphql.language.SourceLocation;

/**
 * A schema that cannot be used. The message begins with file, line and column and goes on with what
 * was found there and what was expected, for the operator to read as it stands.
 */
public final class SchemaException extends RuntimeException {
  private final String source;
  private final int line;
  private final int column;

  SchemaException(String source, int line, int column, String problem) {
    super(source + ":" + line + ":" + column + ": " + problem);
    this.source = source;
    this.line = line;
    this.column = column;
  }

  static SchemaException at(Node<?> node, String problem) {
    SourceLocation location = location(node);
    return new SchemaException(
        requireNonNull(location.getSourceName()),
        location.getLine(),
        location.getColumn(),
        problem);
  }

  /** Where the node stands, as the message of a fault elsewhere names it. */
  static String place(Node<?> node) {
    SourceLocation location = location(node);
    return location.getSourceName() + ':' + location.getLine() + ':' + location.getColumn();
  }

  private static SourceLocation location(Node<?> node) {
    return requireNonNull(node.getSourceLocation(), "the parser keeps locations");
  }

  /** The name of the {@link Source} at fault. */
  public String source() {
    return source;
  }

  /** Counted from 1. */
  public int line() {
    return line;
  }

  /** Counted from 1. */
  public int column() {
    return column;
  }
}
