package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.journal.Write.Kind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one row by several nodes, drawn at random, and what they come to when they are simply
 * carried out one after the other.
 *
 * @param changes in the order of their timestamps, no two of which are equal
 */
record RowHistory(List<Change> changes) {
  static final String ID = "r";

  /** The time by which all is over. */
  static final long END = 13;

  private static final int NODES = 3;

  /** PATCHes are where orders matter. */
  private static final List<Kind> KINDS =
      List.of(Kind.PATCH, Kind.PATCH, Kind.PATCH, Kind.PUT, Kind.PUT, Kind.DELETE, Kind.MESSAGE);

  private static final List<String> ATTRIBUTES = List.of("a", "b", "c");

  /** The row that a history leaves, as plainly as it can be worked out. */
  record Fold(
      @Nullable Payload row, int qos, long expiresAtMillis, Timestamp version, long createdMillis) {

    static final Fold NOTHING = new Fold(null, Write.ANY_QOS, 0, Timestamp.NONE, 0);

    private Fold with(Change change) {
      Write write = change.write();
      long end = write.expiresAtMillis();
      return switch (write.kind()) {
        case PUT -> with(change, write.payload(), write.qos(), end);
        case DELETE -> with(change, null, Write.ANY_QOS, 0);
        case PATCH -> with(change, patched(write), qos, end == 0 ? expiresAtMillis : end);
        case MESSAGE -> this;
      };
    }

    private static Fold with(Change change, @Nullable Payload row, int qos, long end) {
      return new Fold(row, qos, end, change.rank(), change.createdMillis());
    }

    private Payload patched(Write write) {
      ObjectNode before = row == null ? null : JsonObjects.parse(row);
      ObjectNode merged = before == null ? JsonObjects.empty() : before;
      JsonObjects.read(write.payload().bytes())
          .properties()
          .forEach(field ->
              merged.set(field.getKey(), value(merged.path(field.getKey()), field.getValue())));
      merged.put("id", ID);
      return JsonObjects.payload(JsonObjects.sorted(merged));
    }

    private static JsonNode value(JsonNode before, JsonNode patched) {
      if (!patched.has("__op__")) {
        return patched;
      }
      BigDecimal start = before.isNumber() ? before.decimalValue() : BigDecimal.ZERO;
      return DecimalNode.valueOf(
          start.add(patched.path("value").decimalValue(), MathContext.DECIMAL128));
    }
  }

  static RowHistory random(Random random) {
    Set<Timestamp> stamps = new HashSet<>();
    int length = 1 + random.nextInt(10);
    while (stamps.size() < length) {
      stamps.add(new Timestamp(random.nextLong(1, END), 1 + random.nextInt(NODES)));
    }
    return new RowHistory(
        stamps.stream()
            .sorted()
            .map(stamp -> new Change(stamp, stamp.time(), random.nextInt(100), write(random)))
            .toList());
  }

  private static Write write(Random random) {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    Payload payload =
        switch (kind) {
          case PUT -> random.nextInt(3) == 0 ? text("no object") : json(object(random, 0));
          case PATCH -> json(object(random, 3));
          case DELETE -> Payload.EMPTY;
          case MESSAGE -> text("hello");
        };
    long expiry = random.nextInt(4) == 0 ? 1 + random.nextInt(1000) : 0;
    return new Write(kind, ID, payload, random.nextInt(3), 0, expiry, null);
  }

  /** Returns an object of at least one attribute, of which so many in ten are additions. */
  private static String object(Random random, int additions) {
    int chosen = 1 + random.nextInt((1 << ATTRIBUTES.size()) - 1);
    return IntStream.range(0, ATTRIBUTES.size())
        .filter(i -> (chosen & (1 << i)) != 0)
        .mapToObj(i -> '"' + ATTRIBUTES.get(i) + "\":" + value(random, additions))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(Random random, int additions) {
    if (random.nextInt(10) < additions) {
      return "{\"__op__\":\"add\",\"value\":%s}".formatted(number(random));
    }
    return random.nextInt(4) == 0 ? "\"x\"" : number(random);
  }

  /** Some are so far apart that sums are rounded. */
  private static String number(Random random) {
    return "%d.%de%d".formatted(random.nextInt(100), random.nextInt(10), 20 * random.nextInt(3));
  }

  /** Returns the changes in any order, some of them more than once. */
  List<Change> arrivals(Random random) {
    List<Change> arrivals = new ArrayList<>(changes);
    IntStream.range(0, changes.isEmpty() ? 0 : random.nextInt(4))
        .forEach(i -> arrivals.add(changes.get(random.nextInt(changes.size()))));
    Collections.shuffle(arrivals, random);
    return arrivals;
  }

  /** Returns the changes in any order. */
  List<Change> shuffled(Random random) {
    List<Change> shuffled = new ArrayList<>(changes);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  /** Returns some of the changes. */
  RowHistory part(Random random) {
    return new RowHistory(changes.stream().filter(change -> random.nextBoolean()).toList());
  }

  /** Returns the changes that have not arrived, in order. */
  List<Change> without(List<Change> arrived) {
    return changes.stream().filter(change -> !arrived.contains(change)).toList();
  }

  RowState merged() {
    return merged(changes);
  }

  /** Returns what becomes of a row that the changes reach in this order. */
  static RowState merged(Iterable<Change> arrivals) {
    RowState state = RowState.NOTHING;
    for (Change change : arrivals) {
      state = state.merge(change);
    }
    return state;
  }

  Fold fold() {
    Fold fold = Fold.NOTHING;
    for (Change change : changes) {
      fold = fold.with(change);
    }
    return fold;
  }
}
