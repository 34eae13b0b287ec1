package dev.lyrebird.relation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.Expression;
import dev.lyrebird.query.Projection;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.QueryParser;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.RowOrder;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.query.Select;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random queries over random products, brands and tags find and show what they would if the joined
 * rows had been written into those that join them.
 */
final class JoinsPropertyTest {

  private static final int ROUNDS = Integer.getInteger("rounds", 60);
  private static final int QUERIES = 30;
  private static final int DEPTH = 3;

  private static final String SDL =
      """
      type Products @table @export {
        id: ID @primaryKey
        name: String
        brandId: ID
        brand: Brands @relationship(from: "brandId")
        tagIds: [ID]
        tags: [Tags] @relationship(from: "tagIds")
      }
      type Brands @table @export {
        id: ID @primaryKey
        name: String
        ownerId: ID
        owner: Brands @relationship(from: "ownerId")
        products: [Products] @relationship(to: "brandId")
      }
      type Tags @table @export {
        id: Long @primaryKey
        name: String
        products: [Products] @relationship(to: "tagIds")
      }
      """;

  /** In which nothing is declared, so that joined rows are attributes like any other. */
  private static final TableDefinition PLAIN =
      Schema.parse(List.of(new Source("plain", "type Plain @table @export { id: ID }")))
          .tables()
          .getFirst();

  private static final List<String> TABLES = List.of("Products", "Brands", "Tags");

  private static final Map<String, List<String>> PATHS =
      Map.of(
          "Products",
              List.of("name", "brand.name", "brand.owner.name", "tags.name", "brand.products.name"),
          "Brands", List.of("name", "owner.name", "products.name", "products.tags.name"),
          "Tags", List.of("name", "products.name", "products.brand.name"));

  private static final Map<String, List<String>> JOINS =
      Map.of(
          "Products", List.of("brand", "tags"),
          "Brands", List.of("owner", "products"),
          "Tags", List.of("products"));

  private static final Refusal NEVER = Refusal.of(Refusal.Reason.FAULT, "there was room");

  private final Queue<Runnable> turns = new ArrayDeque<>();
  private MemoryTables tables = MemoryTables.of(SDL, turns::add);
  private Map<String, Map<String, ObjectNode>> rows = new TreeMap<>();
  private Random random = new Random();

  @Test
  void queriesFindAndShowJoinedRowsAsIfTheyStoodInThoseThatJoinThem() {
    long first = Long.getLong("seed", System.nanoTime());
    int rounds = Long.getLong("seed") == null ? ROUNDS : 1;
    for (long seed = first; seed < first + rounds; seed++) {
      try {
        round(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed, e);
      }
    }
  }

  private void round(long seed) {
    random = new Random(seed);
    tables = MemoryTables.of(SDL, turns::add);
    rows = new TreeMap<>();
    TABLES.forEach(this::fill);
    for (int i = 0; i < QUERIES; i++) {
      String table = any(TABLES);
      String condition = condition(table, 0);
      assertEquals(expected(table, condition), found(table, condition), table + "?" + condition);
      String select = "select(id," + item(table, 0) + ")";
      assertEquals(expectedShown(table, select), shown(table, select), table + "?" + select);
    }
  }

  private void fill(String table) {
    Map<String, ObjectNode> all = new TreeMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      ObjectNode row = JsonNodeFactory.instance.objectNode();
      boolean isTag = table.equals("Tags");
      String id = (isTag ? "" : table.substring(0, 1).toLowerCase(Locale.ROOT)) + random.nextInt(8);
      put(row, "name", any(List.of("a", "b", "c", "null")));
      switch (table) {
        case "Products" -> {
          put(row, "brandId", any(List.of("b1", "b2", "b3", "b4", "nobody", "null")));
          tagIds(row);
        }
        case "Brands" -> put(row, "ownerId", any(List.of("b1", "b2", "b3", "null")));
        default -> {}
      }
      if (isTag) {
        row.put("id", Long.parseLong(id));
      } else {
        row.put("id", id);
      }
      all.put(id, row);
    }
    rows.put(table, all);
    all.forEach((id, row) ->
        tables.write(
            tables.ofType(table),
            Write.put(id, Payload.json(row.toString().getBytes(UTF_8))),
            Condition.NONE,
            null,
            0));
    run();
  }

  private void tagIds(ObjectNode row) {
    if (random.nextInt(4) > 0) {
      ArrayNode ids = row.putArray("tagIds");
      for (int i = random.nextInt(4); i > 0; i--) {
        int id = random.nextInt(8);
        if (random.nextBoolean()) {
          ids.add(Integer.toString(id));
        } else {
          ids.add(id);
        }
      }
    }
  }

  private void put(ObjectNode row, String name, String value) {
    if (!value.equals("null")) {
      row.put(name, value);
    } else if (random.nextBoolean()) {
      row.putNull(name);
    }
  }

  private String condition(String table, int depth) {
    return switch (random.nextInt(depth < 2 ? 6 : 3)) {
      case 3 -> condition(table, depth + 1) + "&" + condition(table, depth + 1);
      case 4 -> "(" + condition(table, depth + 1) + "|" + condition(table, depth + 1) + ")";
      case 5 -> any(Objects.requireNonNull(PATHS.get(table))) + "=ge=a&le=b";
      default ->
          any(Objects.requireNonNull(PATHS.get(table)))
              + any(List.of("=a", "=null", "!=null", "!=b", "===c", "=gt=a", "=sw=b"));
    };
  }

  private String item(String table, int depth) {
    String join = any(Objects.requireNonNull(JOINS.get(table)));
    if (random.nextInt(3) == 0) {
      return join;
    }
    String further = depth < DEPTH - 1 ? "," + item(type(table, join).typeName(), depth + 1) : "";
    return join + "{name" + further + "}";
  }

  private String any(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** What the tables say. */
  private List<String> found(String table, String condition) {
    CompletableFuture<RowMatcher> matcher =
        new JoinedConditions(tables).matcher(expression(condition), tables.ofType(table));
    run();
    return read(table, matcher.join()).stream().map(Row::id).toList();
  }

  private List<Row> read(String table, @Nullable RowMatcher condition) {
    List<Row> found = new ArrayList<>();
    RowQuery query = new RowQuery("", condition, RowOrder.BY_ID, null);
    CompletableFuture<Void> all =
        RowGathering.of(tables, tables.ofType(table), query.condition(), found::add, NEVER);
    run();
    all.join();
    return found;
  }

  private List<String> shown(String table, String select) {
    Select wanted = select(select);
    CompletableFuture<List<JsonNode>> trees =
        new JoinedRows(tables).of(read(table, null), tables.ofType(table), wanted);
    run();
    Projection projection = new Projection(wanted);
    return trees.join().stream().map(tree -> projection.of(tree).toString()).toList();
  }

  /** What one gets who writes joined rows into those that join them. */
  private List<String> expected(String table, String condition) {
    RowMatcher matcher = RowMatcher.of(expression(condition), PLAIN);
    return all(table).stream()
        .filter(row -> matcher.passes(withAll(table, row, DEPTH)))
        .map(row -> row.get("id").asText())
        .toList();
  }

  private List<String> expectedShown(String table, String select) {
    Select wanted = select(select);
    Projection projection = new Projection(wanted);
    return all(table).stream()
        .map(row -> projection.of(with(table, row, wanted.items())).toString())
        .toList();
  }

  private List<ObjectNode> all(String table) {
    return List.copyOf(Objects.requireNonNull(rows.get(table)).values());
  }

  private ObjectNode withAll(String table, ObjectNode row, int depth) {
    ObjectNode whole = row.deepCopy();
    for (String join : depth == 0 ? List.<String>of() : JOINS.getOrDefault(table, List.of())) {
      RelatedType type = type(table, join);
      put(whole, join, type, other -> withAll(type.typeName(), other, depth - 1));
    }
    return whole;
  }

  private ObjectNode with(String table, ObjectNode row, List<Select.Item> items) {
    ObjectNode whole = row.deepCopy();
    for (Select.Item item : items) {
      if (JOINS.getOrDefault(table, List.of()).contains(item.name())) {
        RelatedType type = type(table, item.name());
        List<Select.Item> within = item.within() == null ? List.of() : item.within();
        put(whole, item.name(), type, other -> with(type.typeName(), other, within));
      }
    }
    return whole;
  }

  private void put(ObjectNode row, String join, RelatedType type, UnaryOperator<ObjectNode> shown) {
    List<ObjectNode> joined = joined(row, type).stream().map(shown).toList();
    if (type.many()) {
      row.putArray(join).addAll(joined);
    } else if (!joined.isEmpty()) {
      row.set(join, joined.getFirst());
    }
  }

  private List<ObjectNode> joined(ObjectNode row, RelatedType type) {
    List<ObjectNode> others = all(type.typeName());
    return switch (type.side()) {
      case FROM ->
          keys(row.path(type.attribute())).stream()
              .flatMap(key -> others.stream().filter(one -> key.equals(one.get("id").asText())))
              .toList();
      case TO ->
          others.stream()
              .filter(one -> keys(one.path(type.attribute())).contains(row.get("id").asText()))
              .toList();
    };
  }

  private static List<String> keys(JsonNode value) {
    List<String> keys = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(element -> keys.addAll(keys(element)));
    } else if (value.isTextual() || value.isNumber()) {
      keys.add(value.asText());
    }
    return keys;
  }

  private RelatedType type(String table, String join) {
    return (RelatedType) tables.ofType(table).attribute(join).orElseThrow().type();
  }

  private static Expression expression(String condition) {
    return Objects.requireNonNull(query(condition).condition());
  }

  private static Select select(String written) {
    return Objects.requireNonNull(query(written).select());
  }

  private static Query query(String text) {
    return QueryParser.parse(text, Set.of()).query();
  }

  private void run() {
    for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
      turn.run();
    }
  }
}
