package dev.lyrebird.hosting;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.QueryParser;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;

/** Reads queries of users' code, in the language of URLs. */
final class UserQueries {

  private UserQueries() {}

  /**
   * Returns what is asked of rows.
   *
   * @throws dev.lyrebird.api.ProblemException 400 where it is no query
   */
  static Query ofRows(String query) {
    try {
      return QueryParser.parse(escaped(query), Set.of()).query();
    } catch (RefusedException e) {
      throw Problems.of(e.refusal());
    }
  }

  /** Returns what is selected of one row. */
  static Query ofRow(String query) {
    Query wanted = ofRows(query);
    if (!wanted.equals(new Query(null, wanted.select(), Query.ALL.sort(), null))) {
      throw Problems.of(
          ParameterValues.refused(
                  "one row is named: the query can be select(...) and nothing else, not " + query)
              .refusal());
    }
    return wanted;
  }

  /** Returns a query as a URL has it, in which code may write blanks and any letters. */
  static String escaped(String query) {
    StringBuilder text = new StringBuilder(query.length());
    for (byte octet : query.getBytes(StandardCharsets.UTF_8)) {
      if (octet > ' ' && octet < 0x7f) {
        text.append((char) octet);
      } else {
        text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      }
    }
    return text.toString();
  }
}
