package dev.lyrebird.cluster;

import dev.lyrebird.replication.ReplicaReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Asks tables how their replicas stand. Any thread may use it. */
public final class ReplicaReports {

  /** What a table answers. */
  public sealed interface Answer {

    /** It has replicas on other nodes. */
    record Replicated(ReplicaReport report) implements Answer {}

    /** It is on this node alone. */
    record Alone() implements Answer {}

    /** It does not answer in time. */
    record Silent(String reason) implements Answer {}
  }

  /** A table that is busy answers behind its writes; an operator rather learns that it is. */
  private static final long LIMIT_MILLIS = 2000;

  static final DeliveryOptions SOON =
      new DeliveryOptions(ByReference.OPTIONS).setSendTimeout(LIMIT_MILLIS);

  private final Vertx vertx;
  private final int tables;

  /**
   * @param vertx on which the tables run
   * @param tables how many there are
   */
  public ReplicaReports(Vertx vertx, int tables) {
    this.vertx = vertx;
    this.tables = tables;
  }

  /** Returns what each table answers, in the order of their indexes, and never fails. */
  public Future<List<Answer>> ask() {
    List<Future<Answer>> answers = IntStream.range(0, tables).mapToObj(this::ask).toList();
    return Future.join(answers).map(all -> all.<Answer>list());
  }

  private Future<Answer> ask(int table) {
    return vertx
        .eventBus()
        .<@Nullable ReplicaReport>request(
            TableVerticle.address(table), new TableRequest.AskReplica(), SOON)
        .map(ReplicaReports::answer)
        .otherwise(fault -> new Answer.Silent(String.valueOf(fault.getMessage())));
  }

  private static Answer answer(Message<@Nullable ReplicaReport> message) {
    ReplicaReport report = message.body();
    return report == null ? new Answer.Alone() : new Answer.Replicated(report);
  }
}
