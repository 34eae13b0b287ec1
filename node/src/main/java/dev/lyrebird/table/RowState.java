package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
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
    return switch (change.write().kind()) {
      case PUT, DELETE -> replace(change);
      case PATCH -> patch(change);
      case MESSAGE -> this;
    };
  }

  private RowState replace(Change change) {
    Timestamp at = change.rank();
    if (!at.isAfter(stamp)) {
      return this;
    }
    Write write = change.write();
    boolean put = write.kind() == Write.Kind.PUT;
    return new RowState(
        at,
        put ? write.payload() : null,
        put ? write.qos() : Write.ANY_QOS, // a row that follows a DELETE has nothing of it
        expiry.saidAt().isAfter(at) ? expiry : new Expiry(at, put ? write.expiresAtMillis() : 0),
        createdMillisAfter(change),
        registersAfter(at));
  }

  private Map<String, Register> registersAfter(Timestamp at) {
    if (registers.isEmpty()) {
      return registers;
    }
    TreeMap<String, Register> later = new TreeMap<>();
    registers.forEach((name, register) -> {
      Register rest = register.after(at);
      if (!rest.isEmpty()) {
        later.put(name, rest);
      }
    });
    return Collections.unmodifiableMap(later);
  }

  private RowState patch(Change change) {
    Timestamp at = change.rank();
    Write write = change.write();
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
            createdMillisAfter(change),
            Collections.unmodifiableMap(merged));
  }

  /** The latest change knows best when the row came into being. */
  private long createdMillisAfter(Change change) {
    return change.rank().isAfter(version()) ? change.createdMillis() : createdMillis;
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

  /** Tells whether the end of the row has come by a time, ms since the epoch. */
  boolean hasEnded(long millis) {
    return expiresAtMillis() != 0 && expiresAtMillis() <= millis;
  }

  /** Returns the state that holds all changes of both: it does not matter who took in which. */
  RowState join(RowState other) {
    RowState later = other.stamp.isAfter(stamp) ? other : this;
    TreeMap<String, Register> joined = new TreeMap<>(registersAfter(later.stamp));
    other
        .registersAfter(later.stamp)
        .forEach((name, register) -> joined.merge(name, register, Register::join));
    return new RowState(
        later.stamp,
        later.base,
        later.qos,
        other.expiry.saidAt().isAfter(expiry.saidAt()) ? other.expiry : expiry,
        other.version().isAfter(version()) ? other.createdMillis : createdMillis,
        Collections.unmodifiableMap(joined));
  }

  /**
   * Returns what is left of this state once all goes that another replica has seen go: what its
   * vector covers and its state no longer has. A base that goes leaves no stamp behind: the other
   * may hold the changes that were folded into it one by one. The mark of a DELETE stays, since
   * what the other still has tells that it has not seen it.
   *
   * @param covered the other replica's vector
   * @param other its state
   */
  RowState without(VersionVector covered, RowState other) {
    TreeMap<String, Register> rest = new TreeMap<>();
    registers.forEach((name, register) -> {
      Register there = other.registers.getOrDefault(name, Register.EMPTY);
      Register left =
          register.without(stamp ->
              covered.covers(stamp) && stamp.isAfter(other.stamp) && !there.reflects(stamp));
      if (!left.isEmpty()) {
        rest.put(name, left);
      }
    });
    boolean hasSeenBaseGo = base != null && covered.covers(stamp) && other.beganAfter(stamp);
    if (!hasSeenBaseGo) {
      return new RowState(
          stamp, base, qos, expiry, createdMillis, Collections.unmodifiableMap(rest));
    }
    boolean hasSeenExpiry = covered.covers(expiry.saidAt());
    return rest.isEmpty()
        ? NOTHING
        : new RowState(
            Timestamp.NONE,
            null,
            Write.ANY_QOS,
            hasSeenExpiry ? NOTHING.expiry() : expiry,
            createdMillis,
            Collections.unmodifiableMap(rest));
  }

  /**
   * Tells whether all that the state holds came after a change. A base that is older does not count
   * as such: the change may have been folded into a base elsewhere and lie over that one here.
   */
  private boolean beganAfter(Timestamp change) {
    return stamp.equals(Timestamp.NONE)
        && change.isAfter(stamp)
        && registers.values().stream().allMatch(register -> register.earliest().isAfter(change));
  }

  /** Returns when the state is due, in the unit of that deadline; 0 for never. */
  long at(TableStore.Deadline deadline) {
    return switch (deadline) {
      case EXPIRY -> isVisible() ? expiresAtMillis() : 0;
      case FOLDING -> registers.isEmpty() && base != null ? 0 : version().time();
    };
  }

  /** Returns the attributes of the row with what was patched over its base. */
  ObjectNode merged() {
    ObjectNode row = base == null ? null : JsonObjects.parse(base);
    ObjectNode merged = row == null ? JsonObjects.empty() : row;
    registers.forEach((name, register) -> merged.set(name, register.over(merged.get(name))));
    return merged;
  }

  /** Returns the row as it had come to be by a time, and nothing of what came later. */
  RowState until(long time) {
    TreeMap<String, Register> until = new TreeMap<>();
    registers.forEach((name, register) -> {
      Register part = register.until(time);
      if (!part.isEmpty()) {
        until.put(name, part);
      }
    });
    return new RowState(
        stamp, base, qos, expiry, createdMillis, Collections.unmodifiableMap(until));
  }

  /**
   * Returns the state with part of its registers folded into the base. Right only once no replica
   * can send a change any more that is older than what is folded.
   *
   * @param upTo the latest timestamp of what is folded
   * @param whole what the base comes to
   */
  RowState folded(Timestamp upTo, Payload whole) {
    return new RowState(upTo, whole, qos, expiry, createdMillis, registersAfter(upTo));
  }
}
