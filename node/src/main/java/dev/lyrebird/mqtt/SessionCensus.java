package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Row;
import dev.lyrebird.resource.Tables;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts the sessions whose clients are away and were here last. Nothing is counted along: sessions
 * come back on any node. Their rows are read, page by page, when somebody wants to know.
 *
 * <p>Owned by one event loop.
 */
final class SessionCensus implements Tables.RowSink {

  /** Nobody has counted yet. */
  static final long UNKNOWN = -1;

  private final Tables tables;
  private final long node;

  /** The count under way; null while there is none. */
  private Tables.@Nullable Scan scan;

  private long counted;
  private long away = UNKNOWN;

  /**
   * @param node the id of this node
   */
  SessionCensus(Tables tables, long node) {
    this.tables = tables;
    this.node = node;
  }

  /** Returns how many there were when they were last counted, or {@link #UNKNOWN}. */
  long away() {
    return away;
  }

  /** Counts anew, unless that is under way. */
  void begin() {
    if (scan == null) {
      counted = 0;
      scan = tables.scan(tables.sessions(), "", this);
    }
  }

  @Override
  public void rows(List<Row> rows, boolean last) {
    counted += rows.stream().filter(this::isAwayFromHere).count();
    if (last) {
      away = counted;
      scan = null;
    } else {
      Objects.requireNonNull(scan).more();
    }
  }

  private boolean isAwayFromHere(Row row) {
    SessionState state = Orphans.state(row);
    return state != null && !state.isConnected() && state.holder() == node;
  }
}
