package dev.lyrebird.query;

import java.util.Map;

/**
 * What stood behind the {@code ?} of a path.
 *
 * @param query what is asked of the rows
 * @param parameters what the door takes for itself, by name; empty text where a name stood alone
 */
public record ParsedQuery(Query query, Map<String, String> parameters) {

  public ParsedQuery {
    parameters = Map.copyOf(parameters);
  }
}
