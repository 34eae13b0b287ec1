package dev.lyrebird.schema;

/**
 * Rows of another table, joined in when they are read and never stored in this one.
 *
 * @param typeName the type of the joined table
 * @param many whether a list of rows is joined, or one row
 * @param side whose attribute holds the foreign key
 * @param attribute the name of that attribute
 */
public record RelatedType(String typeName, boolean many, Side side, String attribute)
    implements AttributeType {

  /** The two arguments of {@code @relationship}. */
  public enum Side {
    /** An attribute of this table holds the key of the joined row, or a list of keys. */
    FROM,
    /** An attribute of the joined table holds this row's key. */
    TO
  }

  @Override
  public String sdl() {
    return many ? '[' + typeName + ']' : typeName;
  }
}
