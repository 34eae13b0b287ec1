package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@link Exports} against an oracle that splits the path and tries every export. */
final class ExportsPropertyTest {
  private static final int SCHEMAS = 2_000;
  private static final int PATHS = 50;
  private static final List<String> SEGMENTS = List.of("a", "A", "b", "ab", "aB", "ß", "c");

  @Test
  void agreesWithTheOracleOnEveryPath() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < SCHEMAS; i++) {
      List<TableDefinition> tables = tables(random);
      Exports exports = new Exports(tables);
      for (int j = 0; j < PATHS; j++) {
        String path = path(random);
        String told = "-Dseed=%d: %s among %s".formatted(seed, path, paths(tables));
        Oracle oracle = new Oracle(tables, path);
        assertEquals(oracle.ofTopic(), withoutMiss(exports.topic(path)), told);
        assertEquals(oracle.ofPath(), withoutMiss(exports.path(path, Protocol.REST)), told);
        assertEquals(oracle.misses(true), misses(exports.topic(path)), told);
        assertEquals(oracle.misses(false), misses(exports.path(path, Protocol.REST)), told);
      }
    }
  }

  private static List<TableDefinition> tables(Random random) {
    Set<String> paths = new TreeSet<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      paths.add(
          String.join(
              "/",
              IntStream.rangeClosed(0, random.nextInt(3))
                  .mapToObj(segment -> SEGMENTS.get(random.nextInt(SEGMENTS.size())))
                  .toList()));
    }
    if (random.nextBoolean()) {
      paths.add("");
    }
    return paths.stream().map(path -> table(path, random.nextInt(5) > 0)).toList();
  }

  private static TableDefinition table(String path, boolean offered) {
    return new TableDefinition(
        "T",
        "",
        "data",
        path,
        new Export(path, offered ? EnumSet.allOf(Protocol.class) : Set.of()),
        new Key("id", KeyType.ID),
        List.of(),
        false,
        TableOptions.DEFAULTS);
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      path.append(random.nextBoolean() ? "/" : SEGMENTS.get(random.nextInt(SEGMENTS.size())));
    }
    return path.toString();
  }

  private static List<String> paths(List<TableDefinition> tables) {
    return tables.stream().map(TableDefinition::table).toList();
  }

  private static Target withoutMiss(Target target) {
    return switch (target) {
      case Target.Table table -> table;
      case Target.Collection(var table, var prefix, var miss) ->
          new Target.Collection(table, prefix, null);
      case Target.Row(var table, var id, var miss) -> new Target.Row(table, id, null);
      case Target.NotOffered(var table, var miss) -> new Target.NotOffered(table, null);
      case Target.NotFound(var miss) -> new Target.NotFound(null);
    };
  }

  private static @Nullable String miss(Target target) {
    return switch (target) {
      case Target.Table table -> null;
      case Target.Collection(var table, var prefix, var miss) -> miss;
      case Target.Row(var table, var id, var miss) -> miss;
      case Target.NotOffered(var table, var miss) -> miss;
      case Target.NotFound(var miss) -> miss;
    };
  }

  /** Which of several exports that differ by case is told does not matter. */
  private static String misses(Target target) {
    String miss = miss(target);
    return miss == null ? "" : miss.toLowerCase(Locale.ROOT);
  }

  private record Oracle(List<TableDefinition> tables, String path) {

    Target ofTopic() {
      TableDefinition taker = taker(true);
      if (taker == null || path.isEmpty()) {
        return new Target.NotFound(null);
      }
      return taker.isExportedOn(Protocol.MQTT)
          ? new Target.Row(taker, rest(taker), null)
          : new Target.NotOffered(taker, null);
    }

    Target ofPath() {
      TableDefinition taker = taker(false);
      if (taker == null) {
        return new Target.NotFound(null);
      }
      if (!taker.isExportedOn(Protocol.REST)) {
        return new Target.NotOffered(taker, null);
      }
      if (!taker.table().isEmpty() && taker.table().equals(path)) {
        return new Target.Table(taker);
      }
      String rest = rest(taker);
      return rest.isEmpty() || rest.endsWith("/")
          ? new Target.Collection(taker, rest, null)
          : new Target.Row(taker, rest, null);
    }

    /** The longest export that only case keeps from taking the path, in small letters. */
    String misses(boolean needsId) {
      TableDefinition taker = taker(needsId);
      int taken = taker == null ? 0 : taker.table().length();
      String longest = "";
      for (String beginning : beginnings(needsId)) {
        for (TableDefinition table : tables) {
          if (table.table().equalsIgnoreCase(beginning) && beginning.length() > taken) {
            longest = table.table().toLowerCase(Locale.ROOT);
          }
        }
      }
      return longest;
    }

    private @Nullable TableDefinition taker(boolean needsId) {
      TableDefinition taker = null;
      for (String beginning : beginnings(needsId)) {
        for (TableDefinition table : tables) {
          if (table.table().equals(beginning)) {
            taker = table;
          }
        }
      }
      return taker;
    }

    /** What an export of the path may be, shortest first. */
    private List<String> beginnings(boolean needsId) {
      List<String> segments = List.of(path.split("/", -1));
      List<String> beginnings = new ArrayList<>();
      beginnings.add("");
      for (int i = 1; i <= segments.size(); i++) {
        String beginning = String.join("/", segments.subList(0, i));
        if (!beginning.isEmpty() && (!needsId || beginning.length() + 1 < path.length())) {
          beginnings.add(beginning);
        }
      }
      return beginnings;
    }

    private String rest(TableDefinition taker) {
      return taker.table().isEmpty() ? path : path.substring(taker.table().length() + 1);
    }
  }
}
