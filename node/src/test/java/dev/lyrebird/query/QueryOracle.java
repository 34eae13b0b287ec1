package dev.lyrebird.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes up rows and queries, and says in the plainest words what each query asks for: every row is
 * looked at, and all that pass are sorted as a whole.
 */
public final class QueryOracle {

  /** Types follow one another in this order. */
  private static final List<String> TYPES =
      List.of("number", "time", "text", "truth", "rest", "missing");

  private final Random random;
  private final RandomQueries queries;

  /** What clients are shown of each row, by its id. */
  private final Map<String, Map<String, @Nullable Object>> rows = new TreeMap<>(QueryOracle::order);

  /** In place of the row that was put last; null where there was none. */
  private @Nullable Map<String, @Nullable Object> before;

  public QueryOracle(long seed) {
    random = new Random(seed);
    queries = new RandomQueries(random);
  }

  /**
   * The table that the queries are made up for.
   *
   * @param mark behind each attribute that can have an index
   */
  public static String sdl(String mark) {
    return """
    type Things @table @export {
      id: ID @primaryKey name: String# count: Int# temp: Float# on: Boolean# at: Date#
      big: BigInt# tags: [String]# marks: [Int]# changed: Float @updatedTime x: Any# data: Any#
    }
    """
        .replace("#", " " + mark);
  }

  /** A table of that name that takes any row, as an older schema may have. */
  public static String laxSdl() {
    return "type Things @table @export { id: ID @primaryKey changed: Float @updatedTime }";
  }

  /** Makes up a query. */
  public Query query() {
    return queries.query();
  }

  /** Makes up what all ids begin with; often nothing. */
  public String prefix() {
    return random.nextInt(3) > 0 ? "" : random.nextBoolean() ? "a/" : "1";
  }

  /** Makes up an id. */
  public String id() {
    int number = random.nextInt(400);
    return switch (random.nextInt(4)) {
      case 0 -> "a/" + number;
      case 1 -> Integer.toString(number);
      case 2 -> "\uFFFD" + number;
      default -> "ü€😀" + number;
    };
  }

  /**
   * Makes up the content of a row, which is there from now on unless it is taken back: most are
   * JSON objects.
   */
  public Payload put(String id) {
    before = rows.get(id);
    Map<String, @Nullable Object> row = queries.row();
    int kind = random.nextInt(10);
    if (kind == 0) {
      rows.put(id, wrapped("text/plain;charset=utf-8", "ab", id));
      return Payload.of("ab".getBytes(UTF_8));
    }
    if (kind == 1) {
      List<@Nullable Object> list = new ArrayList<>(row.values());
      rows.put(id, wrapped("application/json", list, id));
      return Payload.of(RandomQueries.json(list).getBytes(UTF_8));
    }
    if (row.get("id") instanceof RandomQueries.Spelt) {
      row.remove("id"); // a number that spells the id would be shown as one
    }
    Payload content = Payload.json(RandomQueries.json(row).getBytes(UTF_8));
    row.put("id", id);
    row.remove("changed");
    rows.put(id, row);
    return content;
  }

  private static Map<String, @Nullable Object> wrapped(
      String contentType, Object content, String id) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("contentType", contentType);
    row.put("data", content);
    row.put("id", id);
    return row;
  }

  /** Takes back the row that was put last. */
  public void takeBack(String id) {
    if (before == null) {
      rows.remove(id);
    } else {
      rows.put(id, before);
    }
  }

  /** Notes the version that the table has given a row. */
  public void stamp(String id, Timestamp version) {
    Map<String, @Nullable Object> row = rows.get(id);
    if (row != null && !row.containsKey("contentType")) {
      row.put("changed", new RandomQueries.Spelt(Timestamp.decimalMillis(version.time())));
    }
  }

  /** Takes a row away. */
  public void remove(String id) {
    rows.remove(id);
  }

  /** Returns the ids of the rows that are there. */
  public List<String> ids() {
    return List.copyOf(rows.keySet());
  }

  /** Returns what a query asks for among the rows whose ids begin so. */
  public List<JsonNode> answer(String prefix, Query query) {
    return found(prefix, query).stream()
        .map(row -> query.select() == null ? row : selected(query.select(), row))
        .map(shown -> RowTree.read(RandomQueries.json(shown).getBytes(UTF_8)))
        .toList();
  }

  private List<Map<String, @Nullable Object>> found(String prefix, Query query) {
    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    rows.forEach((id, row) -> {
      boolean passes =
          query.condition() == null || new NaiveEvaluator(row).passes(query.condition());
      if (id.startsWith(prefix) && passes) {
        found.add(row);
      }
    });
    for (Query.SortKey key : query.sort().reversed()) {
      found.sort(comparator(key)); // which keeps what is equal in its order
    }
    return query.limit() == null
        ? found
        : found.stream().limit(query.limit().to()).skip(query.limit().from()).toList();
  }

  private static Comparator<Map<String, @Nullable Object>> comparator(Query.SortKey key) {
    return (one, other) -> {
      Sorted first = sorted(key.attribute().names(), one);
      Sorted second = sorted(key.attribute().names(), other);
      if (first.type.equals("missing") || second.type.equals("missing")) {
        return Integer.compare(TYPES.indexOf(first.type), TYPES.indexOf(second.type));
      }
      int order = first.compareTo(second);
      return key.isDescending() ? -order : order;
    };
  }

  /** A value as it is sorted: what type it is taken for, and a number or a text. */
  private record Sorted(String type, @Nullable BigDecimal number, String text)
      implements Comparable<Sorted> {

    static Sorted text(String type, String text) {
      return new Sorted(type, null, text);
    }

    @Override
    public int compareTo(Sorted other) {
      int types = Integer.compare(TYPES.indexOf(type), TYPES.indexOf(other.type));
      return types != 0
          ? types
          : number != null && other.number != null
              ? number.compareTo(other.number)
              : order(text, other.text);
    }
  }

  private static Sorted sorted(List<String> names, Map<String, ?> row) {
    Object value = row;
    for (String name : names) {
      if (value instanceof List) {
        return Sorted.text("rest", "");
      }
      value = value instanceof Map<?, ?> object ? object.get(name) : null;
    }
    String name = names.size() > 1 ? "" : names.getFirst();
    return switch (value) {
      case null -> Sorted.text("missing", "");
      case Boolean truth -> Sorted.text("truth", truth.toString());
      case RandomQueries.Spelt(var digits) ->
          name.equals("id")
              ? Sorted.text("text", digits)
              : new Sorted(name.equals("at") ? "time" : "number", new BigDecimal(digits), "");
      case String text ->
          switch (name) {
            case "at" ->
                NaiveEvaluator.time(text)
                    .map(time -> new Sorted("time", time, ""))
                    .orElse(Sorted.text("text", text));
            case "big" ->
                NaiveEvaluator.number(new RandomQueries.Spelt(text))
                    .map(number -> new Sorted("number", number, ""))
                    .orElse(Sorted.text("text", text));
            default -> Sorted.text("text", text);
          };
      default -> Sorted.text("rest", "");
    };
  }

  private static @Nullable Object selected(Select select, Map<String, @Nullable Object> row) {
    return switch (select) {
      case Select.Value(var item) -> value(item, row);
      case Select.Attributes(var items) -> object(items, row);
      case Select.Values(var items) -> {
        List<@Nullable Object> values = new ArrayList<>();
        items.forEach(item -> values.add(value(item, row)));
        yield values;
      }
    };
  }

  private static Map<String, @Nullable Object> object(List<Select.Item> items, Map<?, ?> row) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (Select.Item item : items) {
      if (row.containsKey(item.name())) {
        object.put(item.name(), value(item, row));
      }
    }
    return object;
  }

  private static @Nullable Object value(Select.Item item, Map<?, ?> row) {
    Object value = row.get(item.name());
    List<Select.Item> items = item.within();
    return items == null || !row.containsKey(item.name()) ? value : within(items, value);
  }

  private static @Nullable Object within(List<Select.Item> items, @Nullable Object value) {
    return switch (value) {
      case List<?> list -> {
        List<@Nullable Object> parts = new ArrayList<>();
        list.forEach(element -> parts.add(within(items, element)));
        yield parts;
      }
      case Map<?, ?> object -> object(items, object);
      case null, default -> null;
    };
  }

  private static int order(String one, String other) {
    return Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
