package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.Fault;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.RowCheck;
import dev.lyrebird.schema.TableDefinition;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the schema demands of the writes to one table, worked out once. Immutable. */
final class RowRules {

  private static final long MILLIS_PER_SECOND = 1000;

  private final TableDefinition definition;
  private final boolean checksRows;
  private final RowCheck check;
  private final boolean tracksCreation;
  private final @Nullable String expiresAt;
  private final OptionalLong expirationSeconds;

  RowRules(TableDefinition definition) {
    this.definition = definition;
    this.checksRows = definition.checksRows();
    this.check = new RowCheck(definition);
    this.tracksCreation = !definition.marked(Mark.CREATED_TIME).isEmpty();
    this.expiresAt =
        definition.marked(Mark.EXPIRES_AT).stream().map(Attribute::name).findFirst().orElse(null);
    this.expirationSeconds = definition.options().expirationSeconds();
  }

  /** Tells whether rows must remember when they came into being. */
  boolean tracksCreation() {
    return tracksCreation;
  }

  /** Tells whether ids are numbers. */
  boolean hasNumericKey() {
    return switch (definition.key().type()) {
      case INT, LONG -> true;
      case ID, STRING -> false;
    };
  }

  /**
   * Returns the whole row. One that was put whole stays as its writer sent it. A merged row is the
   * table's own text: it names its key, and its attributes stand in the order of their names, so
   * that replicas write it alike, whenever each has folded it.
   */
  Payload whole(String id, RowState state) {
    Payload base = state.base();
    if (state.registers().isEmpty()) {
      return base == null ? Payload.EMPTY : base;
    }
    ObjectNode merged = JsonObjects.sorted(state.merged());
    merged.remove(definition.key().attribute()); // it stands last, as in a row that was put
    merged.set(definition.key().attribute(), definition.key().type().toJson(id));
    return JsonObjects.payload(merged);
  }

  /** Returns the row as clients see it, or null where there is none. */
  @Nullable Row row(String id, RowState state) {
    return state.isVisible()
        ? new Row(
            id,
            state.version(),
            whole(id, state),
            state.qos(),
            state.expiresAtMillis(),
            state.createdMillis())
        : null;
  }

  /**
   * Returns a state that remembers no more than it must: patches are folded in, and a row that is
   * gone is {@link RowState#NOTHING}.
   *
   * @param stable the rank up to which no change can come any more
   */
  RowState folded(String id, RowState state, long stable) {
    if (state.stamp().time() > stable) {
      return state;
    }
    if (!state.isVisible()) {
      return RowState.NOTHING;
    }
    if (state.registers().isEmpty()) {
      return state;
    }
    RowState below = state.until(stable);
    return below.registers().isEmpty() ? state : state.folded(below.version(), whole(id, below));
  }

  /** Returns why a write cannot be taken, whatever the row holds; null where it can. */
  @Nullable Refusal judge(Write write) {
    String keyFault = definition.key().type().check(write.id());
    if (keyFault != null) {
      return Refusal.of(
          Refusal.Reason.BAD_REQUEST,
          "the id of a row of %s %s".formatted(definition.typeName(), keyFault));
    }
    if (!checksRows) {
      return null;
    }
    return switch (write.kind()) {
      case MESSAGE, DELETE -> null;
      case PUT -> {
        ObjectNode row = JsonObjects.parse(write.payload());
        yield row == null ? null : refusal(check.faults(row));
      }
      case PATCH -> {
        ObjectNode patch = JsonObjects.parse(write.payload());
        yield patch == null ? null : refusal(check.patchFaults(patch));
      }
    };
  }

  private @Nullable Refusal refusal(List<Fault> faults) {
    if (faults.isEmpty()) {
      return null;
    }
    Map<String, String> byAttribute = new LinkedHashMap<>();
    StringBuilder detail =
        new StringBuilder("the row does not fit the type ").append(definition.typeName());
    for (Fault fault : faults) {
      detail.append(byAttribute.isEmpty() ? ": " : "; ");
      detail.append(fault.attribute()).append(' ').append(fault.message());
      byAttribute.put(fault.attribute(), fault.message());
    }
    return new Refusal(Refusal.Reason.SCHEMA, detail.toString(), byAttribute);
  }

  /**
   * Returns the write with the earliest end that the client, the row or the table gives it.
   *
   * @param row the whole row that the write leaves behind
   */
  Write withExpiry(Write write, Payload row, long localTime) {
    long end = write.expiresAtMillis();
    if (expirationSeconds.isPresent()) {
      long span = expirationSeconds.getAsLong() * MILLIS_PER_SECOND;
      end = earlier(end, Timestamp.millisOf(localTime) + span);
    }
    if (expiresAt != null) {
      ObjectNode attributes = JsonObjects.parse(row);
      end = earlier(end, attributes == null ? 0 : millis(attributes.path(expiresAt)));
    }
    return end == write.expiresAtMillis()
        ? write
        : new Write(
            write.kind(),
            write.id(),
            write.payload(),
            write.qos(),
            write.publisher(),
            end,
            write.user());
  }

  private static long earlier(long one, long other) {
    if (one == 0 || other == 0) {
      return one + other;
    }
    return Math.min(one, other);
  }

  /** Returns the time that an attribute names, ms since the epoch; 0 where it names none. */
  private static long millis(JsonNode time) {
    if (time.isNumber()) {
      return time.canConvertToLong() ? notBeforeEpoch(time.longValue()) : 0;
    }
    try {
      return time.isTextual() ? notBeforeEpoch(Instant.parse(time.textValue()).toEpochMilli()) : 0;
    } catch (DateTimeException | ArithmeticException e) {
      return 0; // a date of another form, which names no instant, or one beyond all clocks
    }
  }

  /** What ended before the epoch has ended, all the same: only 0 means never. */
  private static long notBeforeEpoch(long millis) {
    return millis < 0 ? 1 : millis;
  }
}
