package dev.lyrebird;

import dev.lyrebird.api.Router;
import dev.lyrebird.cluster.Cluster;
import dev.lyrebird.cluster.Membership;
import dev.lyrebird.cluster.Peer;
import dev.lyrebird.cluster.ReplicaReports;
import dev.lyrebird.cluster.RetentionReports;
import dev.lyrebird.cluster.TableClient;
import dev.lyrebird.cluster.TableVerticle;
import dev.lyrebird.cluster.Uuid7;
import dev.lyrebird.http.ClusterState;
import dev.lyrebird.mqtt.AbsentSessions;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.replication.ReplicaSettings;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Exports;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.SystemTables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.Opening;
import dev.lyrebird.table.RocksStorage;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node: storage, tables and doors, built by hand from the ground up and taken down in reverse.
 * Started by one thread; any thread may close it.
 */
public final class Node implements AutoCloseable {

  /** How long a row may lie behind the journal; recovery reads so much of the journal again. */
  private static final long SETTLE_MILLIS = 200;

  private static final long MILLIS_PER_SECOND = 1000;

  /** How long a replica waits for an answer of another before it asks a third. */
  private static final long ANSWER_MILLIS = 2000;

  /** Changes or rows that replicas send at once. */
  private static final int REPLICA_PAGE_BYTES = 512 << 10;

  /** How long rows remember more than they must: many times what a message is under way. */
  private static final long GRACE_MILLIS = 5000;

  private final NodeConfig config;
  private final InstantSource wall;
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger loops = new AtomicInteger();

  /** The event loops that read tables. */
  private final List<RetentionWatch.Loop> readers = new CopyOnWriteArrayList<>();

  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<TableDefinition> definitions;
  private final RocksStorage storage;
  private final HybridClock clock;
  private final Ground ground;
  private final Vertx vertx;
  private final SchemaReload reload;
  private final Floor tables;
  private final Floor front;
  private final Doors doors;

  /** The timer that syncs the storage; -1 while there is none. */
  private volatile long syncing = -1;

  private Node(NodeConfig config, Router router, InstantSource wall) {
    this.config = config;
    this.wall = wall;
    this.definitions = definitions(config);
    refuseWhatIsNotThere();
    this.storage = storage(config.storage());
    this.clock =
        new HybridClock(wall, config.cluster().maxClockSkewSeconds() * MILLIS_PER_SECOND, 0);
    this.ground = ground();
    this.vertx = ground.vertx();
    this.reload = new SchemaReload(vertx, definitions, () -> definitions(config), this::document);
    this.tables = new Floor(ground);
    this.front = new Floor(ground);
    this.doors =
        new Doors(
            config,
            router,
            vertx,
            reload::exports,
            this::tablesOf,
            ground.nodes(),
            wall,
            random,
            clusterState(),
            this::retention,
            reload::ask);
  }

  /**
   * Starts a node. When it returns, the node accepts clients.
   *
   * @param config how
   * @param onFault is told what the node cannot go on after; the process had best end
   * @throws ConfigException where the configuration asks for what cannot be
   * @throws dev.lyrebird.schema.SchemaException where the schema is at fault
   * @throws dev.lyrebird.table.StorageException where the storage cannot be opened
   * @throws dev.lyrebird.cluster.ClusterException where the node cannot be part of its cluster
   */
  public static Node start(NodeConfig config, Consumer<Throwable> onFault) {
    return start(config, new Router(), InstantSource.system(), onFault);
  }

  /**
   * Starts a node within the process of its caller, who serves paths with code of his own;
   * otherwise as {@link #start(NodeConfig, Consumer)}. Where the node cannot go on, that is logged
   * and the process ends.
   *
   * @param router which code answers behind which path
   * @throws ConfigException also where two routes take the same paths
   */
  public static Node start(NodeConfig config, Router router) {
    return start(config, router, InstantSource.system(), Main::fall);
  }

  /**
   * Starts a node that goes by another clock than the machine's; otherwise as {@link
   * #start(NodeConfig, Consumer)}.
   *
   * @param router which code answers behind which path
   * @param wall what the node takes for the time of day
   */
  public static Node start(
      NodeConfig config, Router router, InstantSource wall, Consumer<Throwable> onFault) {
    Node node = new Node(config, router, wall);
    try {
      node.openTables(onFault);
      node.doors.open(node.front);
      node.startSyncing(onFault);
      node.reload.begin();
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
    return node;
  }

  /** Returns the line that tells where the node accepts clients. */
  public String startLine() {
    return "lyrebird %s ready: %s".formatted(config.node().name(), doors.addresses());
  }

  /**
   * Puts the schema in force as its files have it now, and logs what has changed, or why nothing
   * has.
   */
  public void reloadSchema() {
    var _ = reload.ask();
  }

  /** Takes the node down in reverse. Calling it again does nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    vertx.cancelTimer(syncing);
    try (ground) {
      front.clear();
      doors.close();
      tables.clear();
    }
    storage.close(); // not reached while a table that did not stop may still use it
  }

  /** Returns the tables that the schema declares, and behind them those that every node has. */
  static List<TableDefinition> definitions(NodeConfig config) {
    List<TableDefinition> all =
        new ArrayList<>(Schema.parse(sources(config.graphqlSchema().files())).tables());
    all.addAll(SystemTables.ALL);
    return List.copyOf(all);
  }

  private void refuseWhatIsNotThere() {
    if (!config.cluster().enabled()) {
      refuseConfirmations();
    }
    for (TableDefinition definition : definitions) {
      if (definition.options().partitions() > 1) {
        throw new ConfigException(
            "type %s asks for %d partitions, but this version keeps a table in one: leave it out"
                .formatted(definition.typeName(), definition.options().partitions()));
      }
    }
  }

  /** Refuses to hold acknowledgements for other nodes where there are none. */
  private void refuseConfirmations() {
    if (config.cluster().confirm() > 0) {
      throw new ConfigException(
          "cluster.confirm is %d, but a node that stands alone has nobody to confirm its writes:"
                  .formatted(config.cluster().confirm())
              + " set it to 0, or set cluster.enabled to true");
    }
    for (TableDefinition definition : definitions) {
      if (definition.options().confirm() > 0) {
        throw new ConfigException(
            "type %s asks for confirm: %d, but a node that stands alone has nobody to confirm its"
                    .formatted(definition.typeName(), definition.options().confirm())
                + " writes: leave it out, or set cluster.enabled to true");
      }
    }
  }

  private Ground ground() {
    try {
      return Ground.of(config, storage.node(), definitions.size());
    } catch (RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  /** Returns what tells how the cluster stands, or null where the node stands alone. */
  private @Nullable Supplier<Future<ClusterState>> clusterState() {
    Membership membership = ground.membership();
    if (membership == null) {
      return null;
    }
    return new ClusterWatch(
            membership,
            new ReplicaReports(vertx, definitions.size()),
            definitions,
            clock,
            wall,
            config.cluster().maxClockSkewSeconds() * MILLIS_PER_SECOND)
        ::ask;
  }

  private RocksStorage storage(NodeConfig.Storage wanted) {
    RocksStorage.Sync sync =
        switch (wanted.sync()) {
          case ALWAYS -> RocksStorage.Sync.ALWAYS;
          case INTERVAL -> RocksStorage.Sync.INTERVAL;
          case OS -> RocksStorage.Sync.OS;
        };
    return new RocksStorage(
        Path.of(wanted.path()),
        new RocksStorage.Settings(sync, wanted.blockCacheBytes(), wanted.writeBufferBytes()),
        random::nextLong);
  }

  private void openTables(Consumer<Throwable> onFault) {
    List<TableVerticle> verticles = new ArrayList<>();
    for (int i = 0; i < definitions.size(); i++) {
      TableDefinition definition = definitions.get(i);
      String name = definition.qualifiedName();
      verticles.add(
          new TableVerticle(
              i,
              TableClient.channel(definition),
              () -> Opening.of(definition, storage.table(name), clock, storage.node()),
              new TableVerticle.Upkeep(
                  SETTLE_MILLIS,
                  definition.options().retentionSeconds() * MILLIS_PER_SECOND,
                  journalMaxBytes(definition),
                  confirmMillis(definition)),
              new QueryBounds(
                  config.queries().maxScannedRows(),
                  config.queries().maxGatheredIds(),
                  config.queries().maxSortedBytes(),
                  config.queries().maxUnderWay()),
              isShared(definition) ? cluster(definition) : null,
              onFault));
    }
    tables.deploy(
        verticles,
        verticle ->
            new DeploymentOptions()
                .setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName("table-" + definitions.get(verticle.index()).table())
                .setWorkerPoolSize(1));
  }

  /** Returns how long a write may wait for other nodes to confirm it: where there are none, not. */
  private int confirmMillis(TableDefinition definition) {
    return isShared(definition) ? config.cluster().confirmTimeoutMillis() : 0;
  }

  private boolean isShared(TableDefinition definition) {
    return ground.membership() != null && definition.options().replicated();
  }

  private Cluster cluster(TableDefinition definition) {
    NodeConfig.Cluster wanted = config.cluster();
    Membership membership = Objects.requireNonNull(ground.membership());
    return new Cluster(
        storage.node(),
        clock,
        new ReplicaSettings(
            wanted.heartbeatMillis(),
            ANSWER_MILLIS,
            wanted.pushBytes(),
            REPLICA_PAGE_BYTES,
            definition.options().retentionSeconds() * MILLIS_PER_SECOND,
            GRACE_MILLIS),
        random::nextLong,
        membership.sender(),
        membership::process,
        () -> membership.present().stream().map(Peer::node).toList());
  }

  /** Returns the tables as the event loop of that context reaches them. */
  private Tables tablesOf(Context context) {
    TableClient client =
        new TableClient(
            context,
            vertx.eventBus(),
            "loop." + loops.incrementAndGet(),
            definitions,
            config.cluster().confirm(),
            new Uuid7(wall, random));
    reload.tell(context, client);
    readers.add(new RetentionWatch.Loop(context, client.hub()));
    return client;
  }

  /** Returns what tells an event loop what is kept for whom. */
  private RetentionWatch retention(Tables loop) {
    return new RetentionWatch(
        new RetentionReports(vertx),
        definitions,
        this::journalMaxBytes,
        readers,
        new AbsentSessions(loop));
  }

  private long journalMaxBytes(TableDefinition definition) {
    return definition.options().journalMaxBytes().orElse(config.storage().journalMaxBytes());
  }

  private void document(Exports now) {
    doors.document(now);
  }

  private void startSyncing(Consumer<Throwable> onFault) {
    if (config.storage().sync() == NodeConfig.Storage.Sync.INTERVAL) {
      syncing =
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

  private static List<Source> sources(List<String> files) {
    List<Source> sources = new ArrayList<>();
    for (String file : files) {
      try {
        sources.add(new Source(file, Files.readString(Path.of(file))));
      } catch (IOException e) {
        throw new ConfigException(
            "graphqlSchema.files: %s cannot be read: %s".formatted(file, e.getMessage()));
      }
    }
    return sources;
  }
}
