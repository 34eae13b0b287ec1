package dev.lyrebird.schema;

/**
 * An array whose elements are all of one type.
 *
 * @param elementRequired whether null is refused as an element
 */
public record ListType(AttributeType element, boolean elementRequired) implements AttributeType {

  @Override
  public String sdl() {
    return '[' + element.sdl() + (elementRequired ? "!]" : "]");
  }
}
