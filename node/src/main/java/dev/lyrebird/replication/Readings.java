package dev.lyrebird.replication;

import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows that peers are taking over from here: one reading a peer, which sees the rows as they stood
 * when it began. Owned by the replica.
 */
final class Readings {

  /** Ticks after which a reading is closed that nobody goes on with. */
  private static final int MAX_IDLE_TICKS = 300;

  private final Table table;
  private final int pageBytes;
  private final Map<Long, Reading> byPeer = new HashMap<>();

  /** A reading under way, and the page that was sent last, in case it was lost. */
  private static final class Reading {
    final long number;
    final VersionVector covers;
    final long folded;
    final Table.RowReading rows;
    int nextPage;
    Message.@Nullable Rows last;
    int idleTicks;

    Reading(long number, VersionVector covers, long folded, Table.RowReading rows) {
      this.number = number;
      this.covers = covers;
      this.folded = folded;
      this.rows = rows;
    }
  }

  Readings(Table table, int pageBytes) {
    this.table = table;
    this.pageBytes = pageBytes;
  }

  /**
   * Returns the page that a peer asks for, or null where there is no such reading any more.
   *
   * @param folded see {@link Message.Rows#folded}, for a reading that begins
   */
  Message.@Nullable Rows page(long peer, Message.AskRows ask, long folded) {
    Reading reading = byPeer.get(peer);
    if (ask.page() == 0 && (reading == null || reading.number != ask.reading())) {
      close(peer);
      reading = new Reading(ask.reading(), table.head().vector(), folded, table.scan(""));
      byPeer.put(peer, reading);
    }
    if (reading == null || reading.number != ask.reading()) {
      return null;
    }
    reading.idleTicks = 0;
    if (ask.page() == reading.nextPage) {
      reading.last = next(reading);
      reading.nextPage++;
    }
    Message.Rows last = reading.last;
    return last != null && last.page() == ask.page() ? last : null;
  }

  private Message.Rows next(Reading reading) {
    List<Table.StoredRow> rows = new ArrayList<>();
    long bytes = 0;
    boolean more = true;
    while (more && bytes < pageBytes) {
      more = reading.rows.next();
      if (more) {
        Table.StoredRow row = reading.rows.stored();
        rows.add(row);
        bytes += row.state().length + row.id().length();
      }
    }
    return new Message.Rows(
        reading.number, reading.nextPage, reading.covers, reading.folded, rows, !more);
  }

  /** Notes that a tick has passed. */
  void tick() {
    byPeer
        .values()
        .removeIf(reading -> {
          boolean isIdle = ++reading.idleTicks > MAX_IDLE_TICKS;
          if (isIdle) {
            reading.rows.close();
          }
          return isIdle;
        });
  }

  /** Closes the reading of a peer, if there is one. */
  void close(long peer) {
    Reading reading = byPeer.remove(peer);
    if (reading != null) {
      reading.rows.close();
    }
  }
}
