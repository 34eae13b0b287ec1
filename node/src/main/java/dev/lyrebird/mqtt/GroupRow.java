package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The row of a group in {@code $groups}, as its holder writes it: one write at a time. Owned by the
 * event loop of the holder.
 */
final class GroupRow {

  private static final Logger log = LoggerFactory.getLogger(GroupRow.class);

  private final String group;
  private final Tables tables;
  private boolean isThere;
  private boolean isWriting;

  /**
   * @param group its whole filter
   * @param isThere whether this node has a row of it
   */
  GroupRow(String group, Tables tables, boolean isThere) {
    this.group = group;
    this.tables = tables;
    this.isThere = isThere;
  }

  boolean isWriting() {
    return isWriting;
  }

  /**
   * Writes the row, while no write is under way.
   *
   * @param nowMillis the time of day
   * @param written is told, perhaps before this method returns, whether it is stored
   */
  void put(GroupState state, long nowMillis, Confirmation confirmation, Consumer<Boolean> written) {
    isThere = true;
    write(
        new Write(
            Write.Kind.PUT,
            group,
            Payload.of(GroupStateCodec.encode(state)),
            0,
            0,
            state.endsAtMillis(nowMillis),
            null),
        confirmation,
        written);
  }

  /** Likewise, but lets there be no row. */
  void delete(Consumer<Boolean> written) {
    if (isThere) {
      isThere = false;
      write(Write.delete(group), Confirmation.NOT_AWAITED, written);
    } else {
      written.accept(true);
    }
  }

  private void write(Write write, Confirmation confirmation, Consumer<Boolean> written) {
    isWriting = true;
    tables.write(
        tables.groups(),
        write,
        Condition.NONE,
        confirmation,
        (outcome, token) -> {
          isWriting = false;
          written.accept(isStored(outcome));
        },
        0);
  }

  /** A row that not all nodes have confirmed in time is written all the same. */
  private boolean isStored(Outcome outcome) {
    if (outcome instanceof Outcome.Refused(var refusal)
        && refusal.reason() != Refusal.Reason.UNCONFIRMED) {
      log.atWarn()
          .addKeyValue("group", group)
          .addKeyValue("reason", refusal.detail())
          .log("How far a group has come cannot be stored");
      return false;
    }
    return true;
  }

  /** Returns what a row tells; null where it cannot be read, so that the group begins anew. */
  static @Nullable GroupState decode(String group, byte[] row) {
    try {
      return GroupStateCodec.decode(row);
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("group", group)
          .addKeyValue("reason", e.getMessage())
          .log("A group cannot be read and begins anew");
      return null;
    }
  }
}
