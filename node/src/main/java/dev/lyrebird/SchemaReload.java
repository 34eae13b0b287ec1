package dev.lyrebird;

import dev.lyrebird.cluster.Redefinition;
import dev.lyrebird.cluster.TableClient;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.Exports;
import dev.lyrebird.schema.SchemaChange;
import dev.lyrebird.schema.SchemaException;
import dev.lyrebird.schema.TableChange;
import dev.lyrebird.schema.TableDefinition;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the schema in force as its files have it now, while the node serves: all of it, or nothing.
 * The tables come first, since they alone can say no; then the event loops, each in a turn of its
 * own. Any thread may ask, one reload at a time.
 */
final class SchemaReload {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaReload.class);

  private final Vertx vertx;
  private final Redefinition redefinition;
  private final Supplier<List<TableDefinition>> files;
  private final Consumer<Exports> documents;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();

  /** Not before the node has started. */
  private final AtomicBoolean isBusy = new AtomicBoolean(true);

  /** Written by one reload at a time. */
  private volatile List<TableDefinition> inForce;

  /** An event loop, and the tables as it reaches them. */
  private record Loop(Context context, TableClient tables) {

    Future<Void> redefine(List<TableDefinition> definitions) {
      Promise<Void> done = Promise.promise();
      context.runOnContext(turn -> {
        tables.redefine(definitions);
        done.complete();
      });
      return done.future();
    }
  }

  /**
   * @param vertx on which tables and event loops run
   * @param inForce the tables of the node, in the order of their indexes
   * @param files reads what the files declare
   * @param documents is told of each schema that comes to be in force
   */
  SchemaReload(
      Vertx vertx,
      List<TableDefinition> inForce,
      Supplier<List<TableDefinition>> files,
      Consumer<Exports> documents) {
    this.vertx = vertx;
    this.redefinition = new Redefinition(vertx);
    this.inForce = inForce;
    this.files = files;
    this.documents = documents;
  }

  /** Has an event loop learn which schema is in force, now and later. Called on that loop. */
  void tell(Context context, TableClient tables) {
    loops.add(new Loop(context, tables));
    tables.redefine(inForce);
  }

  /** Returns what is found at which path now. */
  Exports exports() {
    return new Exports(inForce);
  }

  /** The node has started. */
  void begin() {
    isBusy.set(false);
  }

  /**
   * Reloads the schema.
   *
   * @return what has changed; fails with a {@link RefusedException} where nothing has, for the
   *     schema is at fault, rows forbid it, or the node would have to start anew
   */
  Future<SchemaChange> ask() {
    if (isBusy.getAndSet(true)) {
      return Future.failedFuture(
          refused(
              Refusal.Reason.OVERLOADED,
              "the node is starting, or reloads its schema already; try again"));
    }
    return vertx
        .executeBlocking(this::read)
        .map(Objects::requireNonNull)
        .compose(this::putInForce)
        .onComplete(done -> isBusy.set(false))
        .onSuccess(change ->
            LOG.atInfo().addKeyValue("change", change.json()).log("the schema was reloaded"))
        .onFailure(SchemaReload::logFault);
  }

  private static void logFault(Throwable fault) {
    if (fault instanceof RefusedException refused) {
      LOG.atWarn()
          .addKeyValue("reason", refused.refusal().detail())
          .log("the schema was not reloaded");
    } else {
      LOG.error("the schema could not be reloaded", fault);
    }
  }

  private SchemaChange read() {
    try {
      return SchemaChange.between(inForce, files.get());
    } catch (SchemaException | ConfigException e) {
      throw refused(Refusal.Reason.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private Future<SchemaChange> putInForce(SchemaChange change) {
    if (!change.obstacles().isEmpty()) {
      return Future.failedFuture(
          refused(
              Refusal.Reason.CONFLICT,
              "this cannot change while the node runs: %s. Nothing was changed: restart the node"
                      .formatted(String.join("; ", change.obstacles()))
                  + " to put the new schema in force"));
    }
    Map<Integer, TableDefinition> definitions = new HashMap<>();
    for (TableChange table : change.changes()) {
      definitions.put(change.tables().indexOf(table.now()), table.now());
    }
    return redefinition
        .of(definitions)
        .compose(
            unfit -> unfit.isEmpty() ? tellAll(change) : Future.failedFuture(forbidden(unfit)));
  }

  private Future<SchemaChange> tellAll(SchemaChange change) {
    inForce = change.tables();
    return Future.all(loops.stream().map(loop -> loop.redefine(change.tables())).toList())
        .compose(told ->
            vertx.executeBlocking(() -> {
              documents.accept(new Exports(change.tables()));
              return true;
            }))
        .map(done -> change);
  }

  private static RefusedException forbidden(Map<String, String> unfit) {
    String faults =
        unfit.entrySet().stream()
            .map(fault -> fault.getKey() + ' ' + fault.getValue())
            .collect(Collectors.joining("; "));
    return new RefusedException(
        new Refusal(
            Refusal.Reason.CONFLICT,
            "the new schema does not fit rows that there are: %s. Nothing was changed: mend or delete"
                    .formatted(faults)
                + " these rows, or let the schema admit them",
            unfit));
  }

  private static RefusedException refused(Refusal.Reason reason, String detail) {
    return new RefusedException(Refusal.of(reason, detail));
  }
}
