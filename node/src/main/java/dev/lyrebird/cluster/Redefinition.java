package dev.lyrebird.cluster;

import dev.lyrebird.schema.TableDefinition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Brings tables that serve under other definitions: all of them, or none. Each first holds its rows
 * against the new one, for as long as that takes; when all fit, each holds writes to it as well;
 * and when all do, each puts it in force. So nothing can come in between that a table would have to
 * go back for. Any thread may use it, one redefinition at a time.
 */
public final class Redefinition {

  /** To read a table of some hundred million rows takes so long. */
  private static final DeliveryOptions PATIENTLY =
      new DeliveryOptions(ByReference.OPTIONS).setSendTimeout(TimeUnit.HOURS.toMillis(1));

  private final Vertx vertx;

  /**
   * @param vertx on which the tables run
   */
  public Redefinition(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Redefines tables.
   *
   * @param definitions what is to be in force, by the index of the table
   * @return what is wrong with their rows, by type and attribute; where there is anything, nothing
   *     has changed
   */
  public Future<Map<String, String>> of(Map<Integer, TableDefinition> definitions) {
    return ask(definitions, TableRequest.TryOut::new)
        .compose(unfit -> goOn(unfit, definitions, next -> new TableRequest.Bind()))
        .compose(unfit -> goOn(unfit, definitions, next -> new TableRequest.Redefine()))
        .onFailure(fault -> giveUp(definitions));
  }

  /** Asks the next question, or gives up where there are rows that do not fit. */
  private Future<Map<String, String>> goOn(
      Map<String, String> unfit, Map<Integer, TableDefinition> definitions, Question question) {
    if (unfit.isEmpty()) {
      return ask(definitions, question);
    }
    giveUp(definitions);
    return Future.succeededFuture(unfit);
  }

  private void giveUp(Map<Integer, TableDefinition> definitions) {
    definitions
        .keySet()
        .forEach(table ->
            vertx
                .eventBus()
                .send(
                    TableVerticle.address(table), new TableRequest.GiveUp(), ByReference.OPTIONS));
  }

  /** Asks all tables, and gathers what they hold against their rows when all have answered. */
  private Future<Map<String, String>> ask(
      Map<Integer, TableDefinition> definitions, Question question) {
    List<Future<Map<String, String>>> answers =
        definitions.entrySet().stream()
            .map(table -> ask(table.getKey(), table.getValue(), question))
            .toList();
    return Future.join(answers)
        .map(all -> {
          Map<String, String> unfit = new LinkedHashMap<>();
          answers.forEach(answer -> unfit.putAll(answer.result()));
          return unfit;
        });
  }

  private Future<Map<String, String>> ask(
      int table, TableDefinition definition, Question question) {
    return vertx
        .eventBus()
        .<Map<String, String>>request(
            TableVerticle.address(table), question.about(definition), PATIENTLY)
        .map(Message::body)
        .map(unfit -> {
          Map<String, String> named = new LinkedHashMap<>();
          unfit.forEach(
              (attribute, fault) -> named.put(definition.typeName() + '.' + attribute, fault));
          return named;
        });
  }

  /** What is asked of a table about the definition that it is to have. */
  private interface Question {
    TableRequest about(TableDefinition definition);
  }
}
