package dev.lyrebird.schema;

import graphql.language.Argument;
import graphql.language.Directive;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The directives that stand on one type or one attribute: none of them unknown, misplaced, given
 * twice or with an argument it does not take. What its arguments may be is for {@link Arguments} to
 * say.
 */
final class Directives {
  static final String TABLE = "table";
  static final String EXPORT = "export";
  static final String SEALED = "sealed";
  static final String RELATIONSHIP = "relationship";

  private static final Map<String, List<String>> ON_TYPES =
      new TreeMap<>(
          Map.of(
              TABLE,
              List.of(
                  "table",
                  "database",
                  "expiration",
                  "replicate",
                  "retention",
                  "journalMaxBytes",
                  "partitions",
                  "confirm"),
              EXPORT,
              List.of("name", "rest", "ws", "sse", "mqtt"),
              SEALED,
              List.of()));

  private static final Map<String, List<String>> ON_ATTRIBUTES = onAttributes();

  private final Map<String, Arguments> byName = new HashMap<>();

  private Directives(
      String owner,
      List<Directive> directives,
      Map<String, List<String>> known,
      Map<String, List<String>> misplaced) {
    for (Directive directive : directives) {
      String name = directive.getName();
      List<String> arguments = known.get(name);
      if (arguments == null) {
        throw SchemaException.at(
            directive,
            misplaced.containsKey(name)
                ? "@%s does not belong on %s; known here: %s".formatted(name, owner, at(known))
                : "unknown directive @%s on %s%s; known here: %s"
                    .formatted(name, owner, hint(name, known), at(known)));
      }
      if (byName.put(name, arguments(directive, arguments)) != null) {
        throw SchemaException.at(directive, "@%s is given twice on %s".formatted(name, owner));
      }
    }
  }

  static Directives ofType(String type, List<Directive> directives) {
    return new Directives("type " + type, directives, ON_TYPES, ON_ATTRIBUTES);
  }

  static Directives ofAttribute(String attribute, List<Directive> directives) {
    return new Directives("attribute " + attribute, directives, ON_ATTRIBUTES, ON_TYPES);
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** The arguments of the directive; none if it is not there. */
  Arguments of(String name) {
    return byName.getOrDefault(name, new Arguments(name, Map.of()));
  }

  private static Arguments arguments(Directive directive, List<String> known) {
    Map<String, Argument> byName = new HashMap<>();
    for (Argument argument : directive.getArguments()) {
      String name = argument.getName();
      if (!known.contains(name)) {
        throw SchemaException.at(
            argument,
            "unknown argument %s of @%s%s; %s"
                .formatted(
                    name,
                    directive.getName(),
                    NearestName.hint(name, known),
                    known.isEmpty() ? "it takes none" : "known: " + String.join(", ", known)));
      }
      if (byName.put(name, argument) != null) {
        throw SchemaException.at(
            argument, "argument %s of @%s is given twice".formatted(name, directive.getName()));
      }
    }
    return new Arguments(directive.getName(), byName);
  }

  private static String hint(String name, Map<String, List<String>> known) {
    return NearestName.of(name, known.keySet())
        .map(nearest -> "; did you mean @" + nearest + "?")
        .orElse("");
  }

  private static String at(Map<String, List<String>> known) {
    return '@' + String.join(", @", known.keySet());
  }

  private static Map<String, List<String>> onAttributes() {
    Map<String, List<String>> known = new TreeMap<>();
    for (Mark mark : Mark.values()) {
      known.put(mark.directive(), List.of());
    }
    known.put(RELATIONSHIP, List.of("from", "to"));
    return known;
  }
}
