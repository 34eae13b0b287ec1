package dev.lyrebird.journal;

import org.jspecify.annotations.Nullable;

/**
 * A change at its position in this node's journal of one table, and what it meant here.
 *
 * @param position counts from 1 without gaps
 * @param localTime when this node applied it, in the unit of {@link Timestamp#time}
 * @param change the change itself
 * @param merged the row that became visible, where that is not simply the change's own payload:
 *     after a PATCH, or where an older change arrived beneath a newer one; null otherwise
 * @param isSuperseded whether it changed nothing that a client can see, because a later change was
 *     here first; it stands in the journal so that this node can hand it on, and nobody is told
 */
public record Entry(
    long position, long localTime, Change change, @Nullable Merged merged, boolean isSuperseded) {

  /**
   * The visible row after a merge.
   *
   * @param version of its latest part
   * @param createdMillis when it came into being, ms since the epoch; 0 where the table does not
   *     keep that
   */
  public record Merged(Timestamp version, Payload payload, long createdMillis) {}

  /** An entry that changes what clients see. */
  public Entry(long position, long localTime, Change change, @Nullable Merged merged) {
    this(position, localTime, change, merged, false);
  }

  /** What a subscriber is told. */
  public enum Type {
    PUT,
    DELETE,
    MESSAGE
  }

  /** Returns what a subscriber is told. */
  public Type type() {
    if (merged != null) {
      return Type.PUT;
    }
    return switch (change.write().kind()) {
      case PUT, PATCH -> Type.PUT;
      case DELETE -> Type.DELETE;
      case MESSAGE -> Type.MESSAGE;
    };
  }

  /** Tells whether this is the change of a row, not a message. */
  public boolean isOfRow() {
    return change.write().kind() != Write.Kind.MESSAGE;
  }

  /** Returns the row's key or the message's topic, below the export path. */
  public String id() {
    return change.write().id();
  }

  /** Returns the version that this entry gives the row, or the message's own. */
  public Timestamp version() {
    return merged == null ? change.rank() : merged.version();
  }

  /** Returns when the row came into being, ms since the epoch; 0 where that is not kept. */
  public long createdMillis() {
    return merged == null ? change.createdMillis() : merged.createdMillis();
  }

  /** Returns the whole row, or the message; empty for a delete. */
  public Payload payload() {
    return merged == null ? change.write().payload() : merged.payload();
  }
}
