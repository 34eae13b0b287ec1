package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a replica keeps of one row: the fold of all its changes in the order of their timestamps, in
 * a form that takes further changes in any order. Merging is commutative, associative and
 * idempotent, so replicas that have seen the same changes hold equal states.
 *
 * <p>The base is the latest PUT or DELETE; over it lie {@link Register registers}, one for each
 * attribute that a later PATCH touched.
 *
 * @param stamp of the base; {@link Timestamp#NONE} before any
 * @param base what the latest PUT wrote, or null where it was a DELETE or there was none
 * @param qos of the base
 * @param expiry when the row ends
 * @param createdMillis when the row came into being; 0 where the table does not keep that
 * @param registers attribute to what PATCHes later than the base made of it
 */
record RowState(
    Timestamp stamp,
    @Nullable Payload base,
    int qos,
    Expiry expiry,
    long createdMillis,
    Map<String, Register> registers) {

  /**
   * When a row ends: as the base says, or a later PATCH that says anything of it.
   *
   * @param saidAt when that was said; the stamp of the base, or that of a PATCH after it
   * @param millis ms since the epoch; 0 for never
   */
  record Expiry(Timestamp saidAt, long millis) {}

  /** The state of a row that no change has touched. */
  static final RowState NOTHING =
      new RowState(Timestamp.NONE, null, Write.ANY_QOS, new Expiry(Timestamp.NONE, 0), 0, Map.of());

  /** Returns the state with one more change in it; this very state where the change loses. */
  RowState merge(Change change) {
    Write write = change.write();
    return switch (write.kind()) {
      case PUT, DELETE -> replace(change);
      case PATCH -> patch(change.timestamp(), write);
      case MESSAGE -> this;
    };
  }

  private RowState replace(Change change) {
    if (!change.timestamp().isAfter(stamp)) {
      return this;
    }
    TreeMap<String, Register> later = new TreeMap<>();
    registers.forEach((name, register) -> {
      Register rest = register.after(change.timestamp());
      if (!rest.isEmpty()) {
        later.put(name, rest);
      }
    });
    Write write = change.write();
    boolean put = write.kind() == Write.Kind.PUT;
    return new RowState(
        change.timestamp(),
        put ? write.payload() : null,
        put ? write.qos() : Write.ANY_QOS, // a row that follows a DELETE has nothing of it
        expiry.saidAt().isAfter(change.timestamp())
            ? expiry
            : new Expiry(change.timestamp(), put ? write.expiresAtMillis() : 0),
        createdMillis,
        Collections.unmodifiableMap(later));
  }

  private RowState patch(Timestamp at, Write write) {
    ObjectNode attributes = JsonObjects.parse(write.payload());
    if (attributes == null || attributes.isEmpty() || !at.isAfter(stamp)) {
      return this;
    }
    TreeMap<String, Register> merged = new TreeMap<>(registers);
    for (Map.Entry<String, JsonNode> field : attributes.properties()) {
      Register before = merged.getOrDefault(field.getKey(), Register.EMPTY);
      merged.put(field.getKey(), before.with(at, field.getValue()));
    }
    boolean ends = write.expiresAtMillis() != 0 && at.isAfter(expiry.saidAt());
    return !ends && merged.equals(registers)
        ? this
        : new RowState(
            stamp,
            base,
            qos,
            ends ? new Expiry(at, write.expiresAtMillis()) : expiry,
            createdMillis,
            Collections.unmodifiableMap(merged));
  }

  /** Tells whether there is a row. */
  boolean isVisible() {
    return base != null || !registers.isEmpty();
  }

  /** Returns the timestamp of the latest change that is part of the state. */
  Timestamp version() {
    Timestamp latest = stamp;
    for (Register register : registers.values()) {
      Timestamp stampOfRegister = register.latest();
      if (stampOfRegister.isAfter(latest)) {
        latest = stampOfRegister;
      }
    }
    return latest;
  }

  /** Returns when the row ends, ms since the epoch; 0 for never. */
  long expiresAtMillis() {
    return expiry.millis();
  }

  /** Returns the whole row. */
  Payload visible() {
    if (registers.isEmpty()) {
      return base == null ? Payload.EMPTY : base;
    }
    ObjectNode row = base == null ? null : JsonObjects.parse(base);
    ObjectNode merged = row == null ? JsonObjects.empty() : row;
    registers.forEach((name, register) -> merged.set(name, register.over(merged.get(name))));
    return JsonObjects.payload(merged);
  }

  /** Returns the row as clients see it, or null where there is none. */
  @Nullable Row row(String id) {
    return isVisible()
        ? new Row(id, version(), visible(), qos, expiresAtMillis(), createdMillis)
        : null;
  }

  /**
   * Returns the state with its registers folded into the base. Right only once no replica can send
   * an older change any more.
   */
  RowState settled() {
    return registers.isEmpty()
        ? this
        : new RowState(
            version(),
            visible(),
            qos,
            new Expiry(version(), expiresAtMillis()),
            createdMillis,
            Map.of());
  }

  /** Returns the state with another base of the same stamp. */
  RowState holding(Payload payload) {
    return new RowState(stamp, payload, qos, expiry, createdMillis, registers);
  }

  RowState createdAt(long millis) {
    return new RowState(stamp, base, qos, expiry, millis, registers);
  }
}
