package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.resource.Tables;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells for which sessions tables keep their journals: those whose clients are away, on whichever
 * node they were. Nothing is counted along; the rows of all sessions are read, page by page, when
 * somebody wants to know, and once for all who ask meanwhile.
 *
 * <p>Owned by one event loop.
 */
public final class AbsentSessions implements Tables.RowSink {

  private final Tables tables;
  private Map<Integer, Standing> standings = new HashMap<>();
  private Promise<Map<Integer, Standing>> told = Promise.promise();
  private Tables.@Nullable Scan scan;

  /**
   * How the sessions stand that are subscribed to a table.
   *
   * @param sessions how many there are
   * @param furthest the client that is furthest behind
   * @param acked what that one is done with
   */
  public record Standing(int sessions, String furthest, VersionVector acked) {

    Standing and(Standing other) {
      Standing behind = latest(other.acked) < latest(acked) ? other : this;
      return new Standing(sessions + other.sessions, behind.furthest, behind.acked);
    }

    /** Changes of different origins are about as old as their times say. */
    private static long latest(VersionVector vector) {
      long latest = 0;
      for (int i = 0; i < vector.size(); i++) {
        latest = Math.max(latest, vector.time(i));
      }
      return latest;
    }
  }

  /** Creates one that has not looked yet. */
  public AbsentSessions(Tables tables) {
    this.tables = tables;
  }

  /** Returns how they stand, by {@link dev.lyrebird.journal.Cursor#tableKey}. */
  public Future<Map<Integer, Standing>> ask() {
    if (scan == null) {
      standings = new HashMap<>();
      told = Promise.promise();
      scan = tables.scan(tables.sessions(), "", this);
    }
    return told.future();
  }

  @Override
  public void rows(List<Row> rows, boolean last) {
    for (Row row : rows) {
      SessionState state = Orphans.state(row);
      if (state != null && !state.isConnected()) {
        for (SessionState.Place place : state.places()) {
          standings.merge(place.table(), new Standing(1, row.id(), place.acked()), Standing::and);
        }
      }
    }
    if (last) {
      scan = null;
      told.complete(standings);
    } else {
      Objects.requireNonNull(scan).more();
    }
  }
}
