package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * What it costs to bring in rows, to find them and to take them out again.
 *
 * @param bringIn all rows, into a table with two indexes
 * @param byKey a row by its id
 * @param equal ten rows by an indexed attribute
 * @param range a thousand rows by an indexed attribute
 * @param takeOut all rows
 */
@JsonPropertyOrder({
  "scenario",
  "server",
  "rows",
  "rowBytes",
  "bringIn",
  "byKey",
  "equal",
  "range",
  "takeOut"
})
record RowsReport(
    String scenario,
    String server,
    int rows,
    int rowBytes,
    Bulk bringIn,
    Lookups byKey,
    Lookups equal,
    Lookups range,
    Bulk takeOut)
    implements Outcome {

  /**
   * All rows at once.
   *
   * @param cpuMicros the processor time of whoever holds the rows, for one of them
   */
  record Bulk(long rowsPerSecond, double cpuMicros) {

    static Bulk of(int rows, long nanos, long cpuNanos) {
      return new Bulk(Math.round(rows / (nanos / 1e9)), Report.rounded(cpuNanos / 1e3 / rows));
    }
  }

  /**
   * Many of one kind, one after another or side by side.
   *
   * @param cpuMicros the processor time of whoever holds the rows, for one of them
   * @param medianMicros from the question to the whole answer
   */
  record Lookups(long perSecond, double cpuMicros, double medianMicros) {

    static Lookups of(Tally tally, long cpuNanos) {
      long answers = Math.max(1, tally.receivedInWindow());
      return new Lookups(
          Math.round(answers / tally.windowSeconds()),
          Report.rounded(cpuNanos / 1e3 / answers),
          tally.latencyMicros(50));
    }
  }
}
