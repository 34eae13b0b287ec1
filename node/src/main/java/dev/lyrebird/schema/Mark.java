package dev.lyrebird.schema;

/** What a directive without arguments says of an attribute. */
public enum Mark {
  PRIMARY_KEY("primaryKey"),
  INDEXED("indexed"),
  /** The table writes the time of the row's creation here, over whatever a client sent. */
  CREATED_TIME("createdTime"),
  /** The table writes the time of the row's last change here, over whatever a client sent. */
  UPDATED_TIME("updatedTime"),
  /** Holds the time at which the row expires. */
  EXPIRES_AT("expiresAt");

  private final String directive;

  Mark(String directive) {
    this.directive = directive;
  }

  /** The directive's name, without its {@code @}. */
  public String directive() {
    return directive;
  }
}
