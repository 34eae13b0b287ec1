package dev.lyrebird.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.schema.Fault;
import dev.lyrebird.schema.RowCheck;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The rows and the journal of one table of {@link MemoryTables}. */
final class MemoryTable {

  private static final long NODE = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TableDefinition definition;
  private final LongSupplier clock;
  private final RowCheck check;
  private final TreeMap<String, Row> rows = new TreeMap<>();
  private final List<Entry> journal = new ArrayList<>();

  /** Which change took rows away that are gone. */
  private final Map<String, Timestamp> gone = new HashMap<>();

  /** What was received and not released. */
  private final Set<Reception> receptions = new LinkedHashSet<>();

  /** The place behind each entry of the journal. */
  private final List<Place> places = new ArrayList<>();

  /** Entries up to this place are no longer there. */
  private Place trimmed = Place.START;

  MemoryTable(TableDefinition definition, LongSupplier clock) {
    this.definition = definition;
    this.clock = clock;
    this.check = new RowCheck(definition);
  }

  TableDefinition definition() {
    return definition;
  }

  /** Returns what was received and not released; may be changed. */
  Set<Reception> receptions() {
    return receptions;
  }

  /** Returns the place behind the last entry. */
  Place end() {
    return places.isEmpty() ? trimmed : places.getLast();
  }

  @Nullable Row row(String id) {
    return rows.get(id);
  }

  Tables.Known known(String id) {
    Row row = rows.get(id);
    return new Tables.Known(
        row, row == null ? gone.getOrDefault(id, Timestamp.NONE) : row.version());
  }

  List<Row> rowsFrom(String idPrefix) {
    return List.copyOf(rows.subMap(idPrefix, idPrefix + Character.MAX_VALUE).values());
  }

  /** Returns the rows that a query asks for. */
  List<Row> rows(RowQuery query) {
    RowView view = new RowView(definition);
    RowMatcher condition = query.condition();
    Function<Row, JsonNode> tree = row -> RowTree.read(view.rowObject(row));
    return rowsFrom(query.idPrefix()).stream()
        .filter(row -> condition == null || condition.passes(tree.apply(row)))
        .sorted(
            Comparator.comparing(
                row -> query.order().rank(tree.apply(row), row.id()), query.order()))
        .limit(query.to())
        .skip(query.from())
        .toList();
  }

  /** Returns why the write would be refused, or null where it would not. */
  @Nullable Refusal judge(Write write, Condition condition) {
    Row row = rows.get(write.id());
    Refusal refusal = condition.judge(row == null ? null : row.version());
    if (refusal != null) {
      return refusal;
    }
    ObjectNode object = object(write.payload());
    List<Fault> faults =
        switch (write.kind()) {
          case PUT -> object == null ? List.of() : check.faults(object);
          case PATCH -> object == null ? List.of() : check.patchFaults(object);
          case DELETE, MESSAGE -> List.of();
        };
    if (faults.isEmpty()) {
      return null;
    }
    Map<String, String> byAttribute = new LinkedHashMap<>();
    faults.forEach(fault -> byAttribute.put(fault.attribute(), fault.message()));
    return new Refusal(Refusal.Reason.SCHEMA, "the row does not fit the schema", byAttribute);
  }

  /** Carries out a write that {@link #judge} lets pass. */
  Outcome carryOut(Write write, Condition condition) {
    Row before = rows.get(write.id());
    if (changesNothing(write, before)) {
      return new Outcome.Unchanged(before == null ? null : before.version());
    }
    Timestamp version = new Timestamp(clock.getAsLong(), NODE);
    Payload merged = write.kind() == Write.Kind.PATCH ? merged(before, write.payload()) : null;
    Entry entry =
        new Entry(
            end().position() + 1,
            version.time(),
            new Change(version, write),
            merged == null ? null : new Entry.Merged(version, merged, 0));
    places.add(end().after(entry));
    journal.add(entry);
    switch (entry.type()) {
      case PUT -> rows.put(write.id(), row(entry));
      case DELETE -> {
        rows.remove(write.id());
        gone.put(write.id(), version);
      }
      case MESSAGE -> {}
    }
    boolean created =
        !condition.equals(Condition.NONE) && before == null && entry.type() == Entry.Type.PUT;
    return new Outcome.Applied(version, created);
  }

  Entry lastEntry() {
    return journal.getLast();
  }

  /** Forgets all entries, as a table does with old ones. */
  void trim() {
    trimmed = end();
    journal.clear();
    places.clear();
  }

  boolean reachesBackTo(Place place) {
    return place.position() >= trimmed.position();
  }

  boolean reachesBackTo(VersionVector covered) {
    return covered.covers(trimmed.vector());
  }

  /** A part of the journal, as {@link dev.lyrebird.pubsub.Hub#page} takes it. */
  record Page(List<Entry> entries, List<Place> places, Place end) {}

  /**
   * Returns the next entries that match, after looking at no more than {@code size} of them.
   *
   * @param topics gives the topic of an id
   */
  Page page(
      List<TopicFilter> filters,
      Place from,
      VersionVector covered,
      int size,
      UnaryOperator<String> topics) {
    int begin = (int) Math.max(0, from.position() - trimmed.position());
    int end = Math.min(journal.size(), begin + size);
    List<Entry> matching = new ArrayList<>();
    List<Place> behind = new ArrayList<>();
    for (int i = begin; i < end; i++) {
      Entry entry = journal.get(i);
      String topic = topics.apply(entry.id());
      if (!covered.covers(entry.change().timestamp())
          && filters.stream().anyMatch(filter -> filter.matches(topic))) {
        matching.add(entry);
        behind.add(places.get(i));
      }
    }
    return new Page(matching, behind, end == 0 ? trimmed : places.get(end - 1));
  }

  /** Returns the place behind which a local time begins; null where that may have been dropped. */
  @Nullable Place since(long localTime) {
    for (int i = 0; i < journal.size(); i++) {
      if (journal.get(i).localTime() >= localTime) {
        return i > 0 || trimmed.equals(Place.START) ? before(i) : null;
      }
    }
    return end().equals(trimmed) && !trimmed.equals(Place.START) ? null : end();
  }

  /** Returns the place before which all entries were dropped. */
  Place trimmed() {
    return trimmed;
  }

  /** Returns the place behind which so many entries match, or fewer where there are no more. */
  Place beforeLast(int count, List<TopicFilter> filters, UnaryOperator<String> topics) {
    int missing = count;
    for (int i = journal.size(); i > 0; i--) {
      if (missing == 0) {
        return places.get(i - 1);
      }
      String topic = topics.apply(journal.get(i - 1).id());
      missing -= filters.stream().anyMatch(filter -> filter.matches(topic)) ? 1 : 0;
    }
    return trimmed;
  }

  private Place before(int index) {
    return index == 0 ? trimmed : places.get(index - 1);
  }

  private static boolean changesNothing(Write write, @Nullable Row before) {
    return switch (write.kind()) {
      case PUT, MESSAGE -> false;
      case DELETE -> before == null;
      case PATCH -> {
        ObjectNode attributes = object(write.payload());
        yield attributes == null || attributes.isEmpty();
      }
    };
  }

  private static Row row(Entry entry) {
    Write write = entry.change().write();
    return new Row(
        write.id(),
        entry.version(),
        entry.payload(),
        write.qos(),
        write.expiresAtMillis(),
        entry.createdMillis());
  }

  private static Payload merged(@Nullable Row before, Payload attributes) {
    try {
      ObjectNode old = before == null ? null : object(before.payload());
      ObjectNode whole = old == null ? JSON.createObjectNode() : old;
      return Payload.json(JSON.writeValueAsBytes(whole.setAll(object(attributes))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable ObjectNode object(Payload payload) {
    try {
      JsonNode node = JSON.readTree(payload.bytes());
      return node instanceof ObjectNode object ? object : null;
    } catch (IOException e) {
      return null;
    }
  }
}
