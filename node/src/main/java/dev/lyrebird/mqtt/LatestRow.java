package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Row;
import dev.lyrebird.mqtt.SessionFinder.Found;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A reading of the latest row that any node has. This node waits until it has that row as well, so
 * that what it writes comes behind it.
 *
 * <p>Owned by the event loop that reads.
 */
final class LatestRow {

  /** How long this node may take to get a row that another one has: two seconds in all. */
  private static final int MAX_ATTEMPTS = 200;

  private static final int ATTEMPT_MILLIS = 10;

  private final TableDefinition table;
  private final String id;
  private final Loop loop;
  private final Reader reader;

  /** Takes what was found. */
  @FunctionalInterface
  interface Reader {

    /**
     * Takes a row.
     *
     * @param bytes the latest row; null where no node has one
     * @param hasRow whether this node has one
     */
    void found(byte @Nullable [] bytes, boolean hasRow);
  }

  private LatestRow(TableDefinition table, String id, Loop loop, Reader reader) {
    this.table = table;
    this.id = id;
    this.loop = loop;
    this.reader = reader;
  }

  /**
   * Reads a row.
   *
   * @param table a system table
   * @param reader is told on the event loop that calls
   */
  static void read(TableDefinition table, String id, Loop loop, Reader reader) {
    LatestRow reading = new LatestRow(table, id, loop, reader);
    loop.broker()
        .finder()
        .find(table, id, found -> loop.executor().execute(() -> reading.await(found, 0)));
  }

  private void await(@Nullable Found elsewhere, int attempts) {
    loop.tables().known(table, id, known -> look(known, elsewhere, attempts));
  }

  private void look(Tables.Known known, @Nullable Found elsewhere, int attempts) {
    Row row = known.row();
    if (elsewhere == null || !elsewhere.version().isAfter(known.version())) {
      reader.found(row == null ? null : row.payload().bytes(), row != null);
    } else if (attempts == MAX_ATTEMPTS) {
      reader.found(elsewhere.state(), row != null);
    } else {
      var _ =
          loop.executor()
              .schedule(
                  () -> await(elsewhere, attempts + 1), ATTEMPT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
