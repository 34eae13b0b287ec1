package dev.lyrebird.cluster;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The readings of rows that event loops have under way, page by page, each of the rows as they
 * stood when it began. Owned by the table's thread.
 */
final class RowScans {

  private static final int PAGE_ROWS = 256;
  private static final int PAGE_BYTES = 256 << 10;
  private static final int MAX_ROWS_LOOKED_AT = 4096;

  private final int index;
  private final Channel channel;
  private final Map<Key, Open> scans = new HashMap<>();

  private record Key(String loop, long number) {}

  private record Open(Table table, Table.RowReading rows, TopicFilter filter, Place at) {}

  RowScans(int index, Channel channel) {
    this.index = index;
    this.channel = channel;
  }

  /** Opens a reading; returns its first page. */
  TableAnswer.Rows open(TableRequest.OpenScan asked, Table table) {
    TopicFilter filter = asked.filter();
    if (!filter.isWildcard()) {
      Row row = table.read(channel.id(filter.text()));
      List<Row> rows = row == null || isOver(row, table) ? List.of() : List.of(row);
      return new TableAnswer.Rows(index, asked.number(), rows, table.head(), true);
    }
    Table.RowReading rows = table.scan(channel.idPrefix(filter));
    Key key = new Key(asked.loop(), asked.number());
    Open scan = new Open(table, rows, filter, table.head());
    scans.put(key, scan);
    return page(key, scan);
  }

  /** Returns the next page, or null where there is no such reading any more. */
  TableAnswer.@Nullable Rows more(String loop, long number) {
    Key key = new Key(loop, number);
    Open scan = scans.get(key);
    return scan == null ? null : page(key, scan);
  }

  private TableAnswer.Rows page(Key key, Open scan) {
    List<Row> rows = new ArrayList<>();
    int bytes = 0;
    int lookedAt = 0;
    boolean more = true;
    while (more && rows.size() < PAGE_ROWS && bytes < PAGE_BYTES && lookedAt < MAX_ROWS_LOOKED_AT) {
      more = scan.rows().next();
      lookedAt++;
      if (more && scan.filter().matches(channel.topic(scan.rows().id()))) {
        Row row = scan.rows().row();
        if (row != null && !isOver(row, scan.table())) {
          rows.add(row);
          bytes += row.payload().bytes().length;
        }
      }
    }
    if (!more) {
      close(key.loop(), key.number());
    }
    return new TableAnswer.Rows(index, key.number(), rows, scan.at(), !more);
  }

  /**
   * Tells whether a row's time has come, though it may not be removed yet: nobody is shown it any
   * more.
   */
  static boolean isOver(Row row, Table table) {
    return row.hasEnded(table.wallMillis());
  }

  /** Gives up a reading. */
  void close(String loop, long number) {
    Open scan = scans.remove(new Key(loop, number));
    if (scan != null) {
      scan.rows().close();
    }
  }

  /** Gives up all readings. */
  void closeAll() {
    scans.values().forEach(scan -> scan.rows().close());
    scans.clear();
  }
}
