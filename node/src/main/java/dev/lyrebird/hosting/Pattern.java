package dev.lyrebird.hosting;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The paths of a route: literal segments, {@code {name}} for any one segment, and at the end {@code
 * {name*}} for all that follows. Immutable.
 */
final class Pattern implements Comparable<Pattern> {

  private final String text;
  private final List<Segment> segments;

  /** A segment, in the order in which they are tried. */
  private sealed interface Segment {

    record Literal(String text) implements Segment {}

    record One(String name) implements Segment {}

    record Rest(String name) implements Segment {}
  }

  private Pattern(String text, List<Segment> segments) {
    this.text = text;
    this.segments = segments;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException which says what is wrong with it
   */
  static Pattern parse(String text) {
    List<Segment> segments = new ArrayList<>();
    HashSet<String> names = new HashSet<>();
    String[] parts = text.split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      Segment segment = segment(text, parts[i]);
      if (segment instanceof Segment.Rest && i < parts.length - 1) {
        throw fault(text, "%s takes all that follows, so it stands last".formatted(parts[i]));
      }
      String name = name(segment);
      if (name != null && !names.add(name)) {
        throw fault(text, "the name %s stands twice in it".formatted(name));
      }
      segments.add(segment);
    }
    return new Pattern(text, List.copyOf(segments));
  }

  private static Segment segment(String pattern, String part) {
    boolean isNamed = part.startsWith("{") && part.endsWith("}");
    if (!isNamed) {
      if (part.indexOf('{') >= 0 || part.indexOf('}') >= 0) {
        throw fault(pattern, "braces enclose a whole segment, unlike in %s".formatted(part));
      }
      return new Segment.Literal(part);
    }
    boolean takesRest = part.endsWith("*}");
    String name = part.substring(1, part.length() - (takesRest ? 2 : 1));
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw fault(pattern, "a name is made of letters and digits, unlike in %s".formatted(part));
    }
    return takesRest ? new Segment.Rest(name) : new Segment.One(name);
  }

  private static @Nullable String name(Segment segment) {
    return switch (segment) {
      case Segment.Literal literal -> null;
      case Segment.One(var name) -> name;
      case Segment.Rest(var name) -> name;
    };
  }

  private static IllegalArgumentException fault(String pattern, String detail) {
    return new IllegalArgumentException("the path %s of a route: %s".formatted(pattern, detail));
  }

  /** Returns the named parts of a path; null where it is not one of these. */
  @Nullable Map<String, String> match(String path) {
    Map<String, String> found = Map.of();
    int from = 0;
    for (Segment segment : segments) {
      if (from > path.length()) {
        return null;
      }
      int slash = path.indexOf('/', from);
      int to = slash < 0 ? path.length() : slash;
      switch (segment) {
        case Segment.Literal(var literal) -> {
          if (to - from != literal.length() || !path.startsWith(literal, from)) {
            return null;
          }
        }
        case Segment.One(var name) -> {
          if (to == from) {
            return null;
          }
          found = with(found, name, path.substring(from, to));
        }
        case Segment.Rest(var name) -> {
          found = with(found, name, path.substring(from));
          to = path.length();
        }
      }
      from = to + 1;
    }
    return from == path.length() + 1 ? found : null;
  }

  /** Most patterns name nothing, and a connection keeps what was found. */
  private static Map<String, String> with(Map<String, String> found, String name, String value) {
    Map<String, String> all = found.isEmpty() ? new LinkedHashMap<>() : found;
    all.put(name, value);
    return all;
  }

  /**
   * Orders those that are to be tried first before others: literal, any segment, all the rest. Two
   * that take just the same paths are equal in this order.
   */
  @Override
  public int compareTo(Pattern other) {
    for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
      int order = compare(segments.get(i), other.segments.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(other.segments.size(), segments.size());
  }

  private static int compare(Segment one, Segment other) {
    return one instanceof Segment.Literal(var a) && other instanceof Segment.Literal(var b)
        ? a.compareTo(b)
        : Integer.compare(rank(one), rank(other));
  }

  private static int rank(Segment segment) {
    return switch (segment) {
      case Segment.Literal literal -> 0;
      case Segment.One one -> 1;
      case Segment.Rest rest -> 2;
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Pattern pattern && text.equals(pattern.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
