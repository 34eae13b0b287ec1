package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import dev.lyrebird.journal.Timestamp;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What PATCHes made of one attribute: the latest value set, and what was added after it. Additions
 * are kept one by one, because one that arrives late must still find out whether it lies before or
 * after the value set. Sums keep 34 digits: without a bound, adding 1 to 1e999999999 would fill the
 * heap.
 *
 * @param setAt when the value was set; {@link Timestamp#NONE} where none was
 * @param value the value set, or null where none was
 * @param additions timestamp to amount, all later than {@code setAt}
 */
record Register(
    Timestamp setAt, @Nullable JsonNode value, SortedMap<Timestamp, BigDecimal> additions) {

  /** Well within what a BigDecimal can hold: a sum of numbers up to here never overflows it. */
  private static final int MAX_EXPONENT = 1_000_000_000;

  /** What stands for any number beyond it in a sum. */
  private static final BigDecimal GREATEST = BigDecimal.ONE.scaleByPowerOfTen(MAX_EXPONENT);

  /** A register that nothing touched. */
  static final Register EMPTY =
      new Register(Timestamp.NONE, null, Collections.unmodifiableSortedMap(new TreeMap<>()));

  /** Returns the amount that a value of a PATCH adds, or null where it sets. */
  static @Nullable BigDecimal addition(JsonNode patched) {
    JsonNode amount = patched.path("value");
    return patched.isObject() && patched.path("__op__").asText().equals("add") && amount.isNumber()
        ? amount.decimalValue()
        : null;
  }

  /** Returns this register with one more value of a PATCH in it. */
  Register with(Timestamp at, JsonNode patched) {
    if (!at.isAfter(setAt)) {
      return this;
    }
    BigDecimal amount = addition(patched);
    if (amount == null) {
      return new Register(at, patched, later(at));
    }
    TreeMap<Timestamp, BigDecimal> more = new TreeMap<>(additions);
    more.put(at, amount);
    return new Register(setAt, value, Collections.unmodifiableSortedMap(more));
  }

  /** Returns what is left of this register over a base of that time. */
  Register after(Timestamp at) {
    return setAt.isAfter(at) ? this : new Register(Timestamp.NONE, null, later(at));
  }

  private SortedMap<Timestamp, BigDecimal> later(Timestamp at) {
    TreeMap<Timestamp, BigDecimal> later = new TreeMap<>();
    additions.forEach((stamp, amount) -> {
      if (stamp.isAfter(at)) {
        later.put(stamp, amount);
      }
    });
    return Collections.unmodifiableSortedMap(later);
  }

  /** Returns the register that holds what both hold. */
  Register join(Register other) {
    Register later = other.setAt.isAfter(setAt) ? other : this;
    TreeMap<Timestamp, BigDecimal> all = new TreeMap<>(later(later.setAt));
    all.putAll(other.later(later.setAt));
    return new Register(later.setAt, later.value, Collections.unmodifiableSortedMap(all));
  }

  /** Tells whether this register has a change in it, or something that came over it. */
  boolean reflects(Timestamp change) {
    return !change.isAfter(setAt) || additions.containsKey(change);
  }

  /** Returns what is left of this register once some of its changes are gone. */
  Register without(Predicate<Timestamp> gone) {
    TreeMap<Timestamp, BigDecimal> rest = new TreeMap<>(additions);
    rest.keySet().removeIf(gone);
    SortedMap<Timestamp, BigDecimal> kept = Collections.unmodifiableSortedMap(rest);
    return value == null || gone.test(setAt)
        ? new Register(Timestamp.NONE, null, kept)
        : new Register(setAt, value, kept);
  }

  /** Returns what this register had come to by a time. */
  Register until(long time) {
    if (setAt.time() > time) {
      return EMPTY;
    }
    TreeMap<Timestamp, BigDecimal> until = new TreeMap<>(additions);
    until.keySet().removeIf(stamp -> stamp.time() > time);
    return new Register(setAt, value, Collections.unmodifiableSortedMap(until));
  }

  boolean isEmpty() {
    return value == null && additions.isEmpty();
  }

  Timestamp earliest() {
    return value == null && !additions.isEmpty() ? additions.firstKey() : setAt;
  }

  Timestamp latest() {
    return additions.isEmpty() ? setAt : additions.lastKey();
  }

  /** Returns the attribute's value, given what the base holds of it. */
  JsonNode over(@Nullable JsonNode below) {
    JsonNode start = value == null ? below : value;
    if (additions.isEmpty() && start != null) {
      return start;
    }
    BigDecimal sum = start != null && start.isNumber() ? start.decimalValue() : BigDecimal.ZERO;
    for (BigDecimal amount : additions.values()) {
      sum = bounded(sum).add(bounded(amount), MathContext.DECIMAL128);
    }
    return DecimalNode.valueOf(sum);
  }

  private static BigDecimal bounded(BigDecimal number) {
    long exponent = (long) number.precision() - number.scale();
    if (Math.abs(exponent) <= MAX_EXPONENT) {
      return number;
    }
    return exponent < 0 ? BigDecimal.ZERO : GREATEST.multiply(BigDecimal.valueOf(number.signum()));
  }
}
