package dev.lyrebird.schema;

/** What the values of an attribute are. */
public sealed interface AttributeType permits ScalarType, ListType, RelatedType {

  /** The type as it is written in a schema. */
  String sdl();
}
