package dev.lyrebird.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** An event loop that answers a table nothing but what its test says. */
final class BareLoop {
  final String name;
  private final BlockingQueue<TableAnswer> answers = new LinkedBlockingQueue<>();
  private final EventBus bus;
  private final int table;

  BareLoop(Vertx vertx, String name) {
    this(vertx, name, 0);
  }

  /**
   * @param table the index of the table that it speaks to
   */
  BareLoop(Vertx vertx, String name, int table) {
    this.name = name;
    this.table = table;
    this.bus = vertx.eventBus();
    bus.<TableAnswer>localConsumer(name, message -> answers.add(message.body()));
  }

  void ask(TableRequest request) {
    bus.send(TableVerticle.address(table), request, ByReference.OPTIONS);
  }

  <T extends TableAnswer> T await(Class<T> type) {
    return type.cast(RunningTable.await(answers));
  }

  /** Returns all that the table had to tell when it was asked. */
  List<TableAnswer> drain() {
    List<TableAnswer> drained = new ArrayList<>();
    ask(new TableRequest.ReadRows(name, List.of("any")));
    TableAnswer next = RunningTable.await(answers);
    while (!(next instanceof TableAnswer.RowsRead)) {
      drained.add(next);
      next = RunningTable.await(answers);
    }
    return drained;
  }
}
