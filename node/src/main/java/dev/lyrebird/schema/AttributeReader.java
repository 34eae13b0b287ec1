package dev.lyrebird.schema;

import graphql.language.FieldDefinition;
import graphql.language.NonNullType;
import graphql.language.ObjectTypeDefinition;
import graphql.language.Type;
import graphql.language.TypeName;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads one field of a type as an attribute of its table. */
final class AttributeReader {
  /** A stamp is a time in milliseconds with a fraction, which narrower types cannot hold. */
  private static final Set<ScalarType> STAMP_TYPES =
      EnumSet.of(ScalarType.DATE, ScalarType.FLOAT, ScalarType.LONG, ScalarType.ANY);

  private final ObjectTypeDefinition owner;
  private final FieldDefinition field;
  private final Map<String, ObjectTypeDefinition> types;
  private final String name;
  private final Directives directives;

  AttributeReader(
      ObjectTypeDefinition owner, FieldDefinition field, Map<String, ObjectTypeDefinition> types) {
    this.owner = owner;
    this.field = field;
    this.types = types;
    this.name = owner.getName() + '.' + field.getName();
    this.directives = Directives.ofAttribute(name, field.getDirectives());
  }

  Attribute read() {
    if (!field.getInputValueDefinitions().isEmpty()) {
      throw SchemaException.at(
          field.getInputValueDefinitions().getFirst(),
          "attribute %s has arguments, which attributes cannot".formatted(name));
    }
    boolean isKey = field.getName().equals(TypeReader.keyName(owner));
    Set<Mark> marks = marks(isKey);
    AttributeType type =
        directives.has(Directives.RELATIONSHIP) ? related(marks) : stored(field.getType());
    if (isKey && KeyType.of(type).isEmpty()) {
      throw SchemaException.at(
          field.getType(),
          "the key %s must be of type %s, but is of type %s"
              .formatted(name, KeyType.names(), type.sdl()));
    }
    if (isStamp(marks) && !(type instanceof ScalarType scalar && STAMP_TYPES.contains(scalar))) {
      throw SchemaException.at(
          field.getType(),
          "the time %s must be of type Date, Float, Long or Any, but is of type %s"
              .formatted(name, type.sdl()));
    }
    boolean required = isKey || (isNonNull(field.getType()) && !(type instanceof RelatedType));
    return new Attribute(field.getName(), Descriptions.of(field), type, required, marks);
  }

  private Set<Mark> marks(boolean isKey) {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    for (Mark mark : Mark.values()) {
      if (directives.has(mark.directive())) {
        marks.add(mark);
      }
    }
    if (isKey) {
      marks.add(Mark.PRIMARY_KEY);
    }
    List<Mark> roles = marks.stream().filter(mark -> mark != Mark.INDEXED).toList();
    if (roles.size() > 1) {
      throw SchemaException.at(
          field,
          "attribute %s cannot be both @%s and @%s"
              .formatted(name, roles.get(0).directive(), roles.get(1).directive()));
    }
    return marks;
  }

  private static boolean isStamp(Set<Mark> marks) {
    return marks.contains(Mark.CREATED_TIME)
        || marks.contains(Mark.UPDATED_TIME)
        || marks.contains(Mark.EXPIRES_AT);
  }

  private AttributeType stored(Type<?> written) {
    return switch (written) {
      case NonNullType required -> stored(required.getType());
      case graphql.language.ListType list ->
          new ListType(stored(list.getType()), isNonNull(list.getType()));
      case TypeName named -> scalar(named);
      default -> throw new IllegalStateException("Unknown kind of type: " + written);
    };
  }

  private ScalarType scalar(TypeName named) {
    Optional<ScalarType> scalar = ScalarType.named(named.getName());
    if (scalar.isPresent()) {
      return scalar.get();
    }
    if (types.containsKey(named.getName())) {
      throw SchemaException.at(
          named,
          "attribute %s is of the table type %s, which needs @relationship(from: or to:)"
              .formatted(name, named.getName()));
    }
    throw unknown(named, ScalarType.names());
  }

  private RelatedType related(Set<Mark> marks) {
    if (!marks.isEmpty()) {
      throw SchemaException.at(
          field,
          "attribute %s is joined by @relationship and cannot be @%s as well"
              .formatted(name, marks.iterator().next().directive()));
    }
    Type<?> written = unwrapped(field.getType());
    boolean many = written instanceof graphql.language.ListType;
    if (written instanceof graphql.language.ListType list) {
      written = unwrapped(list.getType());
    }
    if (!(written instanceof TypeName named) || !types.containsKey(named.getName())) {
      throw notRelated(written);
    }
    Arguments arguments = directives.of(Directives.RELATIONSHIP);
    ObjectTypeDefinition target = types.get(named.getName());
    Optional<String> from = foreignKey(arguments, "from", owner);
    Optional<String> to = foreignKey(arguments, "to", target);
    if (from.isPresent() == to.isPresent()) {
      throw SchemaException.at(
          field, "@relationship on attribute %s needs from: or to:, and not both".formatted(name));
    }
    return from.isPresent()
        ? new RelatedType(target.getName(), many, RelatedType.Side.FROM, from.get())
        : new RelatedType(target.getName(), many, RelatedType.Side.TO, to.orElseThrow());
  }

  private static Optional<String> foreignKey(
      Arguments arguments, String argument, ObjectTypeDefinition holder) {
    Set<String> names = TypeReader.attributeNames(holder);
    return arguments.text(
        argument,
        names::contains,
        "an attribute of type %s (%s)".formatted(holder.getName(), String.join(", ", names)));
  }

  private SchemaException notRelated(Type<?> written) {
    if (written instanceof TypeName named && ScalarType.named(named.getName()).isEmpty()) {
      return unknown(named, types.keySet());
    }
    return SchemaException.at(
        written,
        "attribute %s has @relationship, so its type must be a table type or a list of one"
            .formatted(name));
  }

  private SchemaException unknown(TypeName found, Collection<String> known) {
    return SchemaException.at(
        found,
        "unknown type %s of attribute %s%s; known: %s"
            .formatted(
                found.getName(),
                name,
                NearestName.hint(found.getName(), known),
                String.join(", ", new TreeSet<>(known))));
  }

  private static boolean isNonNull(Type<?> written) {
    return written instanceof NonNullType;
  }

  private static Type<?> unwrapped(Type<?> written) {
    return written instanceof NonNullType required ? required.getType() : written;
  }
}
