package dev.lyrebird.replication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows that changes leave when they are simply carried out one after the other, by rank. */
final class ExpectedRows {

  private static final JsonMapper MAPPER = new JsonMapper();

  /** What is expected of a row, and seen of one. */
  record Seen(Timestamp version, String attributes, long expiresAtMillis) {

    static Seen of(Row row) {
      String attributes = new String(row.payload().bytes(), StandardCharsets.UTF_8);
      return new Seen(row.version(), attributes, row.expiresAtMillis());
    }
  }

  private record Ranked(Timestamp rank, Write write) {}

  /** A row while it is being folded. */
  private static final class Folding {
    private Timestamp version = Timestamp.NONE;
    private @Nullable TreeMap<String, Long> attributes;
    private long expiresAtMillis;

    void take(Ranked change) {
      version = change.rank();
      Write write = change.write();
      switch (write.kind()) {
        case PUT -> {
          attributes = new TreeMap<>();
          expiresAtMillis = write.expiresAtMillis();
          patch(attributes, write);
        }
        case DELETE -> {
          attributes = null;
          expiresAtMillis = 0;
        }
        case PATCH -> {
          TreeMap<String, Long> patched = attributes == null ? new TreeMap<>() : attributes;
          patch(patched, write);
          attributes = patched;
          expiresAtMillis =
              write.expiresAtMillis() == 0 ? expiresAtMillis : write.expiresAtMillis();
        }
        case MESSAGE -> throw new IllegalArgumentException("a message is no change of a row");
      }
    }

    private static void patch(Map<String, Long> attributes, Write write) {
      for (Map.Entry<String, JsonNode> field : json(write).properties()) {
        JsonNode value = field.getValue();
        if (value.isObject()) {
          attributes.merge(field.getKey(), value.path("value").longValue(), Long::sum);
        } else if (value.isNumber()) {
          attributes.put(field.getKey(), value.longValue());
        }
      }
    }

    private static JsonNode json(Write write) {
      try {
        return MAPPER.readTree(write.payload().bytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private ExpectedRows() {}

  /** Returns what changes leave, by id. */
  static Map<String, Seen> of(Chronicle chronicle, BitSet changes) {
    Map<String, List<Ranked>> byId = new TreeMap<>();
    changes.stream()
        .filter(i -> chronicle.change(i).write().kind() != Write.Kind.MESSAGE)
        .forEach(i ->
            byId.computeIfAbsent(chronicle.change(i).write().id(), id -> new ArrayList<>())
                .add(new Ranked(rank(chronicle, i), chronicle.change(i).write())));
    Map<String, Seen> rows = new TreeMap<>();
    byId.forEach((id, ranked) -> {
      Seen row = fold(id, ranked);
      if (row != null) {
        rows.put(id, row);
      }
    });
    return rows;
  }

  /**
   * The end of a row comes right behind the version that it saw, and takes no later one with it.
   */
  private static Timestamp rank(Chronicle chronicle, int number) {
    Change change = chronicle.change(number);
    Timestamp ended = chronicle.ended(number);
    return ended == null
        ? change.rank()
        : new Timestamp(ended.time() + 1, change.timestamp().node());
  }

  private static @Nullable Seen fold(String id, List<Ranked> changes) {
    changes.sort(Comparator.comparing(Ranked::rank));
    Folding row = new Folding();
    changes.forEach(row::take);
    return row.attributes == null
        ? null
        : new Seen(row.version, text(id, row.attributes), row.expiresAtMillis);
  }

  /** Returns a row as the table writes one that it has merged. */
  static String text(String id, Map<String, Long> attributes) {
    return attributes.entrySet().stream()
        .map(attribute -> "\"%s\":%d".formatted(attribute.getKey(), attribute.getValue()))
        .collect(Collectors.joining(",", "{", attributes.isEmpty() ? "" : ","))
        .concat("\"id\":\"%s\"}".formatted(id));
  }
}
