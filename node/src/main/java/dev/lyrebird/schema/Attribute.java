package dev.lyrebird.schema;

import java.util.Set;

/**
 * One attribute that a type declares.
 *
 * @param description what the schema says of it to people, in Markdown; may be empty
 * @param required whether a row must have it, and not null ({@code !}); always true of the key
 */
public record Attribute(
    String name, String description, AttributeType type, boolean required, Set<Mark> marks) {

  public Attribute {
    marks = Set.copyOf(marks);
  }

  public boolean is(Mark mark) {
    return marks.contains(mark);
  }

  /** Whether the table writes it, so that nothing a client sends for it counts. */
  public boolean isStamped() {
    return is(Mark.CREATED_TIME) || is(Mark.UPDATED_TIME);
  }

  public boolean isRelationship() {
    return type instanceof RelatedType;
  }

  /** Returns what stands behind its name in the schema: {@code Float! @indexed}. */
  public String sdl() {
    StringBuilder sdl = new StringBuilder(type.sdl());
    if (required) {
      sdl.append('!');
    }
    for (Mark mark : Mark.values()) {
      if (is(mark)) {
        sdl.append(" @").append(mark.directive());
      }
    }
    return sdl.toString();
  }
}
