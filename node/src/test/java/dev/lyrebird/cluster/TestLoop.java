package dev.lyrebird.cluster;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An event loop with a client of the table, and a test thread that waits for what it is told. */
final class TestLoop extends VerticleBase {
  private final String name;
  private final TableDefinition definition;
  private final int leastConfirmations;
  private volatile @Nullable TableClient client;

  TestLoop(String name, TableDefinition definition, int leastConfirmations) {
    this.name = name;
    this.definition = definition;
    this.leastConfirmations = leastConfirmations;
  }

  @Override
  public Future<?> start() {
    client =
        new TableClient(
            context,
            vertx.eventBus(),
            name,
            List.of(definition),
            leastConfirmations,
            () -> "fresh");
    return Future.succeededFuture();
  }

  /** Does something in one turn of the loop. */
  void run(BiConsumer<TableClient, TableDefinition> work) {
    context.runOnContext(turn -> work.accept(Objects.requireNonNull(client), definition));
  }

  /** Asks something in one turn of the loop and waits for the answer. */
  <T> T ask(Question<T> question) {
    return RunningTable.await(
        Future.future(
            promise -> run((tables, table) -> question.ask(tables, table, promise::complete))));
  }

  /** Something to ask of tables. */
  interface Question<T> {
    void ask(TableClient tables, TableDefinition table, Consumer<T> answer);
  }

  Outcome write(Write write) {
    return ask((tables, table, answer) ->
        tables.write(
            table, write, Condition.KNOWING, (outcome, token) -> answer.accept(outcome), 0));
  }

  /** Waits until what this loop has asked so far is on its way to the table. */
  void awaitSent() {
    for (int turns = 0; turns < 2; turns++) { // writes are sent in a turn of their own
      ask((tables, table, answer) -> answer.accept(true));
    }
  }

  /** Waits until the table has done what this loop has asked so far. */
  void await() {
    ask((tables, table, answer) -> tables.read(table, "any", row -> answer.accept(true)));
  }

  String nextId() {
    return this.<String>ask((tables, table, answer) -> tables.nextId(table, answer));
  }
}
