package dev.lyrebird.schema;

import java.util.List;

/**
 * What rows of a table are held to, as SDL, so that it can be kept beside them and read again: key,
 * attributes with types and marks, and whether there may be others. Where the table is exported,
 * how it is kept, and what is joined from elsewhere does not concern its rows.
 */
public final class DefinitionText {

  private static final String SOURCE = "kept definition";

  /** The names of types are nothing to rows, and those of system tables are no SDL. */
  private static final String TYPE = "type Rows";

  private DefinitionText() {}

  /** Returns the text of a definition. */
  public static String of(TableDefinition table) {
    StringBuilder sdl = new StringBuilder(TYPE);
    if (table.isSealed()) {
      sdl.append(" @").append(Directives.SEALED);
    }
    sdl.append(" {\n");
    table.attributes().stream()
        .filter(attribute -> !attribute.isRelationship())
        .forEach(attribute ->
            sdl.append("  ")
                .append(attribute.name())
                .append(": ")
                .append(attribute.sdl())
                .append('\n'));
    return sdl.append("}\n").toString();
  }

  /** Reads a text that {@link #of} has made. */
  public static TableDefinition read(String text) {
    return Schema.parse(List.of(new Source(SOURCE, text))).tables().getFirst();
  }
}
