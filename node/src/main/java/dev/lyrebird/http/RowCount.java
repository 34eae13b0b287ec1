package dev.lyrebird.http;

import dev.lyrebird.journal.Row;
import dev.lyrebird.resource.Tables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the rows of one reading up to a limit. Owned by one event loop. */
final class RowCount implements Tables.RowSink {

  private final int most;
  private final Counted counted;
  private Tables.@Nullable Scan scan;
  private int rows;

  /** Is told the result. */
  @FunctionalInterface
  interface Counted {

    /**
     * Takes the number of rows.
     *
     * @param exact whether there are no more than these
     */
    void rows(int rows, boolean exact);
  }

  RowCount(int most, Counted counted) {
    this.most = most;
    this.counted = counted;
  }

  /** Takes the reading whose sink this is, before its first page. */
  void of(Tables.Scan reading) {
    scan = reading;
  }

  @Override
  public void rows(List<Row> page, boolean last) {
    Tables.Scan reading = scan;
    if (reading == null) {
      throw new IllegalStateException("a page came before its reading");
    }
    rows += page.size();
    if (last) {
      counted.rows(rows, true);
    } else if (rows >= most) {
      reading.close();
      counted.rows(rows, false);
    } else {
      reading.more();
    }
  }
}
