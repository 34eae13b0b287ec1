package dev.lyrebird.table;

import dev.lyrebird.journal.VersionVector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes over the rows of another replica, in the order of their ids, where its journal no longer
 * tells how they came about. A row that is there and not here, or here and not there, is judged by
 * the vectors: who covers a change and does not have it has seen it go.
 *
 * <p>Until it is finished nothing is claimed: rows may already be newer than the table's vector
 * says, which merging does not mind. Owned by the table's thread.
 */
public final class Adoption implements AutoCloseable {

  /** Rows that are written again in one commit. */
  private static final int WRITTEN_AT_ONCE = 1024;

  private final Table table;
  private final TableStore.RowScan here;
  private final VersionVector mine;
  private final VersionVector theirs;

  /** Rows that the other replica has otherwise, and what it does not know to be gone. */
  private final List<Differing> ours = new ArrayList<>();

  private boolean isAtRow;

  /**
   * A row that the other replica has otherwise.
   *
   * @param theirRank the time of its version there
   */
  record Differing(String id, long theirRank) {}

  Adoption(Table table, TableStore.RowScan here, VersionVector theirs) {
    this.table = table;
    this.here = here;
    this.mine = table.head().vector();
    this.theirs = theirs;
    this.isAtRow = here.next();
  }

  /**
   * Takes the next rows.
   *
   * @param rows in the order of the bytes of their ids, behind those that came before
   * @throws IllegalArgumentException where a row is damaged
   */
  public void take(List<Table.StoredRow> rows) {
    for (Table.StoredRow row : rows) {
      passHere(row.id());
      RowState state = RowStateCodec.decode(row.state());
      RowState known = table.state(row.id());
      take(row.id(), known, state, known.without(theirs, state).join(state.without(mine, known)));
    }
  }

  /** Deals with the rows here that come before an id and are not there. */
  private void passHere(@Nullable String end) {
    while (isAtRow && (end == null || compare(here.id(), end) <= 0)) {
      String id = here.id();
      if (!id.equals(end)) {
        RowState known = table.state(id);
        take(id, known, RowState.NOTHING, known.without(theirs, RowState.NOTHING));
      }
      isAtRow = here.next();
    }
  }

  private void take(String id, RowState known, RowState there, RowState joined) {
    if (!joined.equals(known)) {
      table.adopt(id, joined);
    }
    if (!joined.equals(there)) { // also where both look alike: older changes may still come
      ours.add(new Differing(id, there.version().time()));
    }
  }

  private static int compare(String one, String other) {
    return Arrays.compareUnsigned(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * All rows have come; what this node has changed on its own since is in its journal, from which
   * the others get it.
   */
  public void finish() {
    passHere(null);
    table.skip(theirs);
  }

  /**
   * All rows have come; what this node has changed on its own is unknown to the others, and too old
   * to be told them as it happened. The rows that they have otherwise are written once more, and
   * this node's journal begins with that. The table must have been {@link Table#renew renewed}, and
   * must not have been written to since the adoption began.
   *
   * @param folded the rank up to which the other replica may have folded its rows
   */
  public void finishAnew(long folded) {
    passHere(null);
    long position = table.head().position();
    for (int from = 0; from < ours.size(); from += WRITTEN_AT_ONCE) {
      table.writeAgain(ours.subList(from, Math.min(ours.size(), from + WRITTEN_AT_ONCE)), folded);
    }
    table.begin(position, theirs);
  }

  @Override
  public void close() {
    here.close();
  }
}
