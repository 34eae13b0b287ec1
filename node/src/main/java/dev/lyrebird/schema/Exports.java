package dev.lyrebird.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says which table, row or rows a path names: path = topic = key. The longest export that the path
 * begins with, on whole segments, takes it, and the rest is the id, slashes included; the root
 * table takes what is left over. Immutable; any thread may use it.
 */
public final class Exports {
  private final PathIndex<Exported> index;
  private final @Nullable Exported root;
  private final List<TableDefinition> tables;

  /** A table that has an export, which {@link TableDefinition} alone cannot promise. */
  private record Exported(TableDefinition definition, Export export) {}

  /** Of these tables, those that are exported; no two of them at one path. */
  public Exports(List<TableDefinition> definitions) {
    Map<String, Exported> byPath = new HashMap<>();
    for (TableDefinition definition : definitions) {
      Export export = definition.export();
      if (export != null && byPath.put(export.path(), new Exported(definition, export)) != null) {
        throw new IllegalArgumentException("Two tables are exported at \"" + export.path() + '"');
      }
    }
    this.root = byPath.remove("");
    this.index = new PathIndex<>(byPath);
    this.tables = definitions.stream().filter(definition -> definition.export() != null).toList();
  }

  /** Every exported table, in the order of the schema. */
  public List<TableDefinition> tables() {
    return tables;
  }

  /**
   * What an MQTT topic names. {@code T} and {@code T/} are no rows of {@code T}: a shorter export
   * takes them, in the end the root table.
   */
  public Target.OfTopic topic(String topic) {
    PathIndex.Match<Exported> match = index.longestWithRest(topic);
    Exported taker = taker(match);
    if (taker == null || topic.isEmpty()) {
      return new Target.NotFound(nearMiss(match));
    }
    if (!taker.export.allows(Protocol.MQTT)) {
      return new Target.NotOffered(taker.definition, nearMiss(match));
    }
    return new Target.Row(taker.definition, rest(topic, taker), nearMiss(match));
  }

  /**
   * What the path of a URL names.
   *
   * @param path percent-decoded, without its leading slash
   */
  public Target path(String path, Protocol protocol) {
    PathIndex.Match<Exported> match = index.longest(path);
    Exported taker = taker(match);
    if (taker == null) {
      return new Target.NotFound(nearMiss(match));
    }
    if (!taker.export.allows(protocol)) {
      return new Target.NotOffered(taker.definition, nearMiss(match));
    }
    if (match.exact() != null && path.length() == taker.export.path().length()) {
      return new Target.Table(taker.definition);
    }
    String rest = rest(path, taker);
    return rest.isEmpty() || rest.endsWith("/")
        ? new Target.Collection(taker.definition, rest, nearMiss(match))
        : new Target.Row(taker.definition, rest, nearMiss(match));
  }

  private @Nullable Exported taker(PathIndex.Match<Exported> match) {
    PathIndex.Entry<Exported> exact = match.exact();
    return exact == null ? root : exact.value();
  }

  private static @Nullable String nearMiss(PathIndex.Match<Exported> match) {
    PathIndex.Entry<Exported> miss = match.miss();
    return miss == null ? null : miss.path();
  }

  private static String rest(String path, Exported taker) {
    return taker.export.isRoot() ? path : path.substring(taker.export.path().length() + 1);
  }
}
