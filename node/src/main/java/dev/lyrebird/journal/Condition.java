package dev.lyrebird.journal;

import org.jspecify.annotations.Nullable;

/**
 * What must hold of a row for a write to be carried out, judged by the table in the same turn in
 * which it writes: a true compare-and-set.
 */
@FunctionalInterface
public interface Condition {

  /** Always holds. The table need not look the row up, so its outcome does not tell "created". */
  Condition NONE = version -> null;

  /** Always holds, and the outcome tells whether the row was created. */
  Condition KNOWING = version -> null;

  /** The row must be there. */
  Condition EXISTS =
      version ->
          version == null ? Refusal.of(Refusal.Reason.NOT_FOUND, "there is no such row") : null;

  /** The row must not be there. */
  Condition ABSENT =
      version ->
          version == null ? null : Refusal.of(Refusal.Reason.CONFLICT, "the row exists already");

  /**
   * Judges the row as it stands.
   *
   * @param version of the row, or null where there is no such row
   * @return why the write is refused, or null where the condition holds
   */
  @Nullable Refusal judge(@Nullable Timestamp version);

  /** Returns the condition that this one holds and then the other. */
  default Condition and(Condition other) {
    return version -> {
      Refusal refusal = judge(version);
      return refusal != null ? refusal : other.judge(version);
    };
  }
}
