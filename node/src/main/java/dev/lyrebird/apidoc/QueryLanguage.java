package dev.lyrebird.apidoc;

/** What documents say of the query language; {@code QUERY.md} says all of it. */
final class QueryLanguage {

  static final String CONDITIONS =
      """
      What must hold of a row, by the names of attributes. A value stands for itself or behind an
      operator: `temperature=30`, `temperature=gt=30`, and likewise `ge`, `lt`, `le`, `ne`, `ct`
      (contains), `sw` (starts with), `ew` (ends with). Conditions are joined by `&`; in a URL that
      is written by hand also by `|`, with `(...)` around groups. `null` stands for what is missing.
      In a value `& | ( ) [ ] =` are escaped; in an operator they are not.\
      """;

  private QueryLanguage() {}
}
