package dev.lyrebird.cluster;

import dev.lyrebird.journal.VersionVector;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.List;

/** Asks tables what their journals hold. Any thread may use it. */
public final class RetentionReports {

  private final Vertx vertx;

  /**
   * @param vertx on which the tables run
   */
  public RetentionReports(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Asks a table; fails where it does not answer in time.
   *
   * @param table its index
   * @param standing what those have seen who stand behind
   */
  public Future<RetentionReport> ask(int table, List<VersionVector> standing) {
    return vertx
        .eventBus()
        .<RetentionReport>request(
            TableVerticle.address(table),
            new TableRequest.AskRetention(standing),
            ReplicaReports.SOON)
        .map(Message::body);
  }
}
