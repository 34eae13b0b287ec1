package dev.lyrebird;

import dev.lyrebird.cluster.ByReference;
import dev.lyrebird.cluster.TableClient;
import dev.lyrebird.cluster.TableVerticle;
import dev.lyrebird.cluster.Uuid7;
import dev.lyrebird.http.HttpSettings;
import dev.lyrebird.http.HttpVerticle;
import dev.lyrebird.http.Upgrades;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.RocksStorage;
import dev.lyrebird.table.Table;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A node: storage, tables and doors, built by hand from the ground up and taken down in reverse.
 * Used by the thread that starts and closes it.
 */
public final class Node implements AutoCloseable {

  /** How long a row may lie behind the journal; recovery reads so much of the journal again. */
  private static final long SETTLE_MILLIS = 200;

  private static final long MILLIS_PER_SECOND = 1000;
  private static final long START_SECONDS = 60;

  private final NodeConfig config;
  private final InstantSource wall = InstantSource.system();
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger loops = new AtomicInteger();
  private final RocksStorage storage;
  private final Vertx vertx;
  private final List<TableDefinition> tables;
  private final HybridClock clock;
  private final List<HttpVerticle> httpDoors = new ArrayList<>();

  private Node(NodeConfig config) {
    this.config = config;
    this.tables = Schema.parse(sources(config.graphqlSchema().files())).tables();
    NodeConfig.Storage wanted = config.storage();
    this.storage =
        new RocksStorage(
            Path.of(wanted.path()),
            new RocksStorage.Settings(
                switch (wanted.sync()) {
                  case ALWAYS -> RocksStorage.Sync.ALWAYS;
                  case INTERVAL -> RocksStorage.Sync.INTERVAL;
                  case OS -> RocksStorage.Sync.OS;
                },
                wanted.blockCacheBytes(),
                wanted.writeBufferBytes()),
            random::nextLong);
    this.clock =
        new HybridClock(wall, config.cluster().maxClockSkewSeconds() * MILLIS_PER_SECOND, 0);
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(eventLoops()));
    ByReference.register(vertx.eventBus());
  }

  /**
   * Starts a node. When it returns, the node accepts clients.
   *
   * @param config how
   * @param onFault is told what the node cannot go on after; the process had best end
   * @throws ConfigException where the configuration asks for what cannot be
   * @throws dev.lyrebird.schema.SchemaException where the schema is at fault
   * @throws dev.lyrebird.table.StorageException where the storage cannot be opened
   */
  public static Node start(NodeConfig config, Consumer<Throwable> onFault) {
    Node node = new Node(config);
    try {
      node.deployTables(onFault);
      node.deployDoors();
      node.startSyncing(onFault);
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
    return node;
  }

  @Override
  public void close() {
    await(vertx.close());
    storage.close();
  }

  private void deployTables(Consumer<Throwable> onFault) {
    List<Future<?>> deployed = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      TableDefinition definition = tables.get(i);
      TableVerticle verticle =
          new TableVerticle(
              i,
              TableClient.channel(definition),
              () ->
                  new Table(
                      definition, storage.table(definition.qualifiedName()), clock, storage.node()),
              new TableVerticle.Upkeep(
                  SETTLE_MILLIS,
                  definition.options().retentionSeconds() * MILLIS_PER_SECOND,
                  config.storage().journalMaxBytes()),
              onFault);
      DeploymentOptions options =
          new DeploymentOptions()
              .setThreadingModel(ThreadingModel.WORKER)
              .setWorkerPoolName("table-" + definition.qualifiedName())
              .setWorkerPoolSize(1);
      deployed.add(vertx.deployVerticle(verticle, options));
    }
    await(Future.all(deployed));
  }

  private void deployDoors() {
    NodeConfig.Http http = config.http();
    NodeConfig.Rest rest = config.rest();
    HttpSettings settings =
        new HttpSettings(
            http.host(),
            http.port(),
            http.corsOrigins(),
            config.operations().port(),
            http.maxBodyBytes(),
            http.maxRowBytes(),
            http.maxRows(),
            http.maxFrameBytes(),
            http.maxFramesPerSecond(),
            http.pingSeconds(),
            http.commentSeconds(),
            config.queues().socketBytes(),
            config.queues().connectionWrites(),
            rest.enabled(),
            rest.enabled() && rest.webSocket(),
            rest.enabled() && rest.sse(),
            rest.lastModified());
    List<Future<?>> deployed = new ArrayList<>();
    for (int i = 0; i < orCores(config.loops().http()); i++) {
      HttpVerticle door = new HttpVerticle(settings, this::tables, Upgrades.NONE, wall, random);
      httpDoors.add(door);
      deployed.add(vertx.deployVerticle(door));
    }
    await(Future.all(deployed));
  }

  /** Returns the line that tells where the node accepts clients. */
  public String startLine() {
    return "lyrebird %s ready: http %s:%d"
        .formatted(config.node().name(), config.http().host(), httpDoors.getFirst().port());
  }

  /** Returns the tables as the event loop of that context reaches them. */
  private TableClient tables(Context context) {
    return new TableClient(
        context,
        vertx.eventBus(),
        "loop." + loops.incrementAndGet(),
        tables,
        new Uuid7(wall, random));
  }

  private void startSyncing(Consumer<Throwable> onFault) {
    if (config.storage().sync() == NodeConfig.Storage.Sync.INTERVAL) {
      vertx.setPeriodic(
          config.storage().syncIntervalMillis(),
          timer ->
              vertx
                  .executeBlocking(() -> {
                    storage.sync();
                    return true;
                  })
                  .onFailure(onFault::accept));
    }
  }

  private int eventLoops() {
    return Math.max(1, Math.max(orCores(config.loops().http()), orCores(config.loops().mqtt())));
  }

  private static List<Source> sources(List<String> files) {
    List<Source> sources = new ArrayList<>();
    for (String file : files) {
      try {
        sources.add(new Source(file, Files.readString(Path.of(file))));
      } catch (IOException e) {
        throw new ConfigException("cannot read the schema " + file + ": " + e.getMessage());
      }
    }
    return sources;
  }

  private static int orCores(int configured) {
    return configured == 0 ? Runtime.getRuntime().availableProcessors() : configured;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException("the node did not start or stop in time", e);
    }
  }
}
