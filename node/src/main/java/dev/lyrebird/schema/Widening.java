package dev.lyrebird.schema;

import java.util.Optional;

/**
 * Tells whether a new definition of a table admits every row that the one before admitted, so that
 * nobody has to look at them. Where it cannot tell, it says no.
 */
public final class Widening {

  private final TableDefinition before;
  private final TableDefinition now;

  private Widening(TableDefinition before, TableDefinition now) {
    this.before = before;
    this.now = now;
  }

  /** Whether all rows of the definition before are rows of the one now. */
  public static boolean isOne(TableDefinition before, TableDefinition now) {
    return new Widening(before, now).admitsAll();
  }

  private boolean admitsAll() {
    return before.key().attribute().equals(now.key().attribute())
        && admitsIds()
        && !(now.isSealed() && !(before.isSealed() && declaresAsMuch()))
        && now.attributes().stream().filter(now::isChecked).allMatch(this::admitsValues);
  }

  private boolean admitsIds() {
    KeyType wider = now.key().type();
    KeyType narrower = before.key().type();
    return wider == narrower
        || switch (wider) {
          case ID, STRING -> true; // whatever is an id is text
          case LONG -> narrower == KeyType.INT;
          case INT -> false;
        };
  }

  private boolean declaresAsMuch() {
    return before.attributes().stream()
        .allMatch(attribute -> now.attribute(attribute.name()).isPresent());
  }

  private boolean admitsValues(Attribute attribute) {
    Optional<Attribute> known = before.attribute(attribute.name());
    if (known.isEmpty()) {
      return before.isSealed() && !attribute.required();
    }
    return before.isChecked(known.get())
        && (known.get().required() || !attribute.required())
        && includes(attribute.type(), known.get().type());
  }

  private static boolean includes(AttributeType wider, AttributeType narrower) {
    return switch (wider) {
      case ScalarType scalar -> includes(scalar, narrower);
      case ListType list ->
          narrower instanceof ListType other
              && (other.elementRequired() || !list.elementRequired())
              && includes(list.element(), other.element());
      case RelatedType related -> narrower instanceof RelatedType; // neither admits any value
    };
  }

  private static boolean includes(ScalarType wider, AttributeType narrower) {
    return switch (narrower) {
      case ScalarType scalar -> wider.includes(scalar);
      case ListType list -> wider == ScalarType.ANY;
      case RelatedType related -> true; // it admits no value
    };
  }
}
