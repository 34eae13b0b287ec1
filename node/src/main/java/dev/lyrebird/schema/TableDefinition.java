package dev.lyrebird.schema;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One table as the schema declares it.
 *
 * @param typeName the GraphQL type, which is what relationships name
 * @param description what the schema says of it to people, in Markdown; may be empty
 * @param database one of the two names under which the table is stored
 * @param table the other; unique within the database
 * @param export where clients find it; null: only the operator's own resources do
 * @param attributes in the order of the schema, the key among them (first, where it was not
 *     written)
 * @param isSealed whether attributes that are not declared are refused
 */
public record TableDefinition(
    String typeName,
    String description,
    String database,
    String table,
    @Nullable Export export,
    Key key,
    List<Attribute> attributes,
    boolean isSealed,
    TableOptions options) {

  public static final String DEFAULT_DATABASE = "data";

  public TableDefinition {
    attributes = List.copyOf(attributes);
  }

  /** A name that no other table of the node has. */
  public String qualifiedName() {
    return database + '/' + table;
  }

  public boolean isExportedOn(Protocol protocol) {
    return export != null && export.allows(protocol);
  }

  public Optional<Attribute> attribute(String name) {
    return attributes.stream().filter(attribute -> attribute.name().equals(name)).findFirst();
  }

  /** What an attribute joins; empty where it is none, or no relationship. */
  public Optional<RelatedType> relationship(String name) {
    return attribute(name)
        .map(Attribute::type)
        .filter(RelatedType.class::isInstance)
        .map(RelatedType.class::cast);
  }

  /** The attribute by which rows of this table join others. */
  public String joiningAttribute(RelatedType type) {
    return switch (type.side()) {
      case FROM -> type.attribute();
      case TO -> key.attribute();
    };
  }

  public List<Attribute> marked(Mark mark) {
    return attributes.stream().filter(attribute -> attribute.is(mark)).toList();
  }

  /**
   * Whether a structured row can be at fault at all. Where it cannot, {@link RowCheck} finds
   * nothing and a row need not be parsed to be checked.
   */
  public boolean checksRows() {
    return isSealed || attributes.stream().anyMatch(this::isChecked);
  }

  /** The key is not checked in the row: the path names it, and wins over the row. */
  boolean isChecked(Attribute attribute) {
    return !attribute.is(Mark.PRIMARY_KEY)
        && !attribute.isStamped()
        && (attribute.required() || attribute.type() != ScalarType.ANY);
  }
}
