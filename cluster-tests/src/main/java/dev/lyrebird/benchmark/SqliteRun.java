package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.RowsReport.Bulk;
import dev.lyrebird.benchmark.RowsReport.Lookups;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/**
 * Brings the same rows into SQLite, with the same indexes, and finds them there: a yardstick for
 * {@link RowsRun}, of a library that takes and gives values within its caller's thread, and knows
 * neither HTTP nor JSON. Its memory and its durability are those of a node as it is shipped.
 */
final class SqliteRun {

  /** As many as a node lets one client have under way. */
  private static final int ROWS_OF_TRANSACTION = 1_000;

  private static final List<String> SET_UP =
      List.of(
          "PRAGMA journal_mode = WAL",
          "PRAGMA synchronous = NORMAL",
          "PRAGMA cache_size = -131072", // KiB
          "CREATE TABLE samples (id TEXT PRIMARY KEY, site TEXT, reading INTEGER, note TEXT)",
          "CREATE INDEX sites ON samples (site)",
          "CREATE INDEX readings ON samples (reading)");

  private final Scenario scenario;
  private final SampleRows rows;
  private final Run.Size size;
  private final Path file;
  private final Stamp stamp = new Stamp();
  private final Random random = new Random(0);

  SqliteRun(Scenario scenario, SampleRows rows, Run.Size size, Path folder) {
    this.scenario = scenario;
    this.rows = rows;
    this.size = size;
    this.file = folder.resolve("samples.db");
  }

  RowsReport perform() throws IOException {
    Files.createDirectories(file.getParent());
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(Path.of(file + suffix));
    }
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = database.createStatement()) {
      for (String command : SET_UP) {
        var _ = statement.execute(command);
      }
      return new RowsReport(
          scenario.name(),
          "sqlite",
          rows.count(),
          SampleRows.BYTES,
          bringIn(database),
          byKey(database),
          equal(database),
          range(database),
          takeOut(database));
    } catch (SQLException e) {
      throw new IOException("SQLite failed", e);
    }
  }

  private Bulk bringIn(Connection database) throws SQLException {
    long begin = stamp.now();
    long cpuBefore = ownCpuNanos();
    database.setAutoCommit(false);
    try (PreparedStatement insert =
        database.prepareStatement("INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?)")) {
      for (int row = 0; row < rows.count(); row++) {
        insert.setString(1, rows.id(row));
        insert.setString(2, rows.site(rows.siteOf(row)));
        insert.setInt(3, rows.readingOf(row));
        insert.setString(4, rows.note(row));
        var _ = insert.executeUpdate();
        if (row % ROWS_OF_TRANSACTION == ROWS_OF_TRANSACTION - 1) {
          database.commit();
        }
      }
    }
    database.commit();
    database.setAutoCommit(true);
    return Bulk.of(rows.count(), stamp.now() - begin, ownCpuNanos() - cpuBefore);
  }

  private Lookups byKey(Connection database) throws SQLException {
    try (PreparedStatement select = select(database, "WHERE id = ?")) {
      return lookUp(() -> {
        select.setString(1, rows.id(random.nextInt(rows.count())));
        refuseUnless(read(select), 1);
      });
    }
  }

  private Lookups equal(Connection database) throws SQLException {
    try (PreparedStatement select = select(database, "WHERE site = ? ORDER BY id")) {
      return lookUp(() -> {
        select.setString(1, rows.site(random.nextInt(rows.sites())));
        refuseUnless(read(select), SampleRows.OF_SITE);
      });
    }
  }

  private Lookups range(Connection database) throws SQLException {
    try (PreparedStatement select =
        select(database, "WHERE reading >= ? AND reading < ? ORDER BY id")) {
      return lookUp(() -> {
        int first = random.nextInt(rows.count() - SampleRows.OF_RANGE);
        select.setInt(1, rows.reading(first));
        select.setInt(2, rows.reading(first + SampleRows.OF_RANGE));
        refuseUnless(read(select), SampleRows.OF_RANGE);
      });
    }
  }

  private Bulk takeOut(Connection database) throws SQLException {
    try (PreparedStatement select = select(database, "ORDER BY id")) {
      long begin = stamp.now();
      long cpuBefore = ownCpuNanos();
      refuseUnless(read(select), rows.count());
      return Bulk.of(rows.count(), stamp.now() - begin, ownCpuNanos() - cpuBefore);
    }
  }

  private static PreparedStatement select(Connection database, String which) throws SQLException {
    return database.prepareStatement("SELECT id, site, reading, note FROM samples " + which);
  }

  private interface Question {
    void ask() throws SQLException;
  }

  private Lookups lookUp(Question question) throws SQLException {
    Tally tally = new Tally();
    ask(question, tally, size.warmupSeconds());
    long cpuBefore = ownCpuNanos();
    tally.openWindow(stamp.now());
    ask(question, tally, size.seconds());
    tally.closeWindow(stamp.now());
    return Lookups.of(tally, ownCpuNanos() - cpuBefore);
  }

  private void ask(Question question, Tally tally, double seconds) throws SQLException {
    long begin = stamp.now();
    long now = begin;
    while (now - begin < seconds * 1e9) {
      long asked = now;
      question.ask();
      now = stamp.now();
      tally.received(asked, now);
    }
  }

  /** Reads all values of what is found; returns how many rows that were. */
  private static int read(PreparedStatement select) throws SQLException {
    int found = 0;
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        var _ = rows.getString(1);
        var _ = rows.getString(2);
        var _ = rows.getInt(3);
        var _ = rows.getString(4);
        found++;
      }
    }
    return found;
  }

  private static void refuseUnless(int found, int expected) {
    if (found != expected) {
      throw new IllegalStateException("SQLite found %d rows of %d".formatted(found, expected));
    }
  }

  private static long ownCpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
