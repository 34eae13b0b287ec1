package dev.lyrebird;

import dev.lyrebird.api.Router;
import dev.lyrebird.apidoc.Offer;
import dev.lyrebird.auth.Users;
import dev.lyrebird.cluster.Uuid7;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.hosting.JarFolder;
import dev.lyrebird.http.ApiDocuments;
import dev.lyrebird.http.BodyRoom;
import dev.lyrebird.http.ClusterState;
import dev.lyrebird.http.HttpSettings;
import dev.lyrebird.http.HttpVerticle;
import dev.lyrebird.http.NodeState;
import dev.lyrebird.http.OperationsVerticle;
import dev.lyrebird.http.RetentionState;
import dev.lyrebird.http.Subprotocol;
import dev.lyrebird.http.Upgrades;
import dev.lyrebird.mqtt.Admission;
import dev.lyrebird.mqtt.Broker;
import dev.lyrebird.mqtt.ClientIds;
import dev.lyrebird.mqtt.Groups;
import dev.lyrebird.mqtt.Logins;
import dev.lyrebird.mqtt.MqttCounters;
import dev.lyrebird.mqtt.MqttDoor;
import dev.lyrebird.mqtt.MqttLimits;
import dev.lyrebird.mqtt.MqttVerticle;
import dev.lyrebird.mqtt.OrphansVerticle;
import dev.lyrebird.mqtt.PendingWills;
import dev.lyrebird.mqtt.SessionFinder;
import dev.lyrebird.mqtt.SessionLimits;
import dev.lyrebird.mqtt.SysTree;
import dev.lyrebird.mqtt.TopicBounds;
import dev.lyrebird.resource.Nodes;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Exports;
import dev.lyrebird.schema.SchemaChange;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The doors of a node, built by hand: the operations port, and for HTTP and MQTT as many verticles
 * as there are to be event loops. What the configuration says of them is told to each in its own
 * words here.
 */
final class Doors {

  private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

  /** Vert.x takes a port below 0 for one free port that all who name that number share. */
  private static final int FREE_PORT_SHARED_BY_MQTT = -1883;

  /**
   * Numbers of connections begin with the time, so that none has the number of one of an earlier
   * run: as long as no more than a million come in a millisecond.
   */
  private static final int CONNECTIONS_A_MILLI_BITS = 20;

  private static final int NONCE_BYTES = 18;
  private static final int MILLIS_PER_SECOND = 1000;

  private final NodeConfig config;
  private final Vertx vertx;
  private final Supplier<Exports> exports;
  private final Function<Context, Tables> tables;
  private final Nodes nodes;
  private final InstantSource wall;
  private final SecureRandom random;

  /** There from the start: other nodes ask it before a door is open. */
  private final ClientIds clientIds;

  private final SessionFinder finder;
  private final Groups groups;

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final OperationsVerticle operations;
  private final List<HttpVerticle> http = new ArrayList<>();
  private final List<MqttVerticle> mqtt = new ArrayList<>();

  private final HeapWatch heap;
  private final Function<Tables, RetentionWatch> retention;
  private @Nullable RetentionWatch retentionWatch;

  private final Router router;

  /** Users' code. */
  private final Host host;

  private @Nullable JarFolder jars;

  /** The timer that has that folder looked at. */
  private long looking = -1;

  /** What the node tells of its interface; replaced when another schema is in force. */
  private volatile ApiDocuments documents = ApiDocuments.NONE;

  /** What the operations port tells; replaced once the other doors are open. */
  private volatile NodeState state;

  /**
   * @param router which code of users answers behind which path
   * @param exports returns what is found at which path now
   * @param tables the tables, as the event loop of a context reaches them
   * @param nodes the other nodes
   * @param cluster tells how the cluster stands; null where the node stands alone
   * @param retention tells what is kept for whom, on the event loop of the tables it is given
   * @param reload puts the schema in force as its files have it now
   */
  Doors(
      NodeConfig config,
      Router router,
      Vertx vertx,
      Supplier<Exports> exports,
      Function<Context, Tables> tables,
      Nodes nodes,
      InstantSource wall,
      SecureRandom random,
      @Nullable Supplier<Future<ClusterState>> cluster,
      Function<Tables, RetentionWatch> retention,
      Supplier<Future<SchemaChange>> reload) {
    this.config = config;
    this.vertx = vertx;
    this.exports = exports;
    this.tables = tables;
    this.wall = wall;
    this.random = random;
    this.heap = HeapWatch.ofThisProcess(config.memory().maxHeapPercent(), meters);
    this.nodes = nodes;
    this.router = router;
    this.host =
        new Host(
            nodes, meters, wall.millis() << CONNECTIONS_A_MILLI_BITS, Context::isOnEventLoopThread);
    this.groups = new Groups(nodes, config.cluster().enabled(), wall);
    this.clientIds = new ClientIds(nodes, wall, config.cluster().takeoverTimeoutMillis());
    this.finder = new SessionFinder(nodes, config.cluster().takeoverTimeoutMillis());
    vertx.setPeriodic(
        ClientIds.TICK_MILLIS,
        timer -> {
          clientIds.tick();
          finder.tick();
        });
    vertx.setPeriodic(Groups.TICK_MILLIS, timer -> groups.tick());
    this.state =
        new NodeState(config.node().name(), Version.text(), 0, 0, List.of("the node is starting"));
    this.operations =
        new OperationsVerticle(
            config.operations().host(),
            config.operations().port(),
            meters,
            () -> state,
            cluster,
            this::retention,
            reload);
    this.retention = retention;
  }

  /**
   * Has users' code ready before a door is open.
   *
   * @throws ConfigException which names what cannot be loaded, and why
   */
  private void loadResources() {
    try {
      host.serve("the router", router.routes());
      jars = new JarFolder(Path.of(config.resources().jars()), config.resources().routes(), host);
      jars.load();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
    JarFolder folder = jars;
    vertx.setPeriodic(Host.TICK_MILLIS, timer -> host.tick());
    looking =
        vertx.setPeriodic(
            JarFolder.LOOK_MILLIS,
            timer ->
                vertx
                    .executeBlocking(() -> {
                      folder.look();
                      return true;
                    })
                    .onFailure(e -> LOG.error("the folder of resources cannot be read", e)));
  }

  /** Ends what users' code does, once no door is open any more. */
  void close() {
    vertx.cancelTimer(looking);
    if (jars != null) {
      jars.stop(); // first: what a look brings behind the end of the host nobody would end
    }
    host.close();
    if (jars != null) {
      jars.close();
    }
  }

  /** Called on the event loop of the operations port alone, which is the first to need it. */
  private Future<RetentionState> retention() {
    RetentionWatch known = retentionWatch;
    if (known == null) {
      known = retention.apply(tables.apply(vertx.getOrCreateContext()));
      retentionWatch = known;
    }
    return known.ask();
  }

  /**
   * Opens all doors. The operations port comes first: the HTTP door lets its console in, and has to
   * know its port for that.
   *
   * @param floor what deploys the doors
   */
  void open(Floor floor) {
    vertx.setPeriodic(MILLIS_PER_SECOND, timer -> heap.look());
    loadResources();
    floor.deploy(List.of(operations));
    MqttCounters counters = new MqttCounters(meters);
    Broker broker =
        new Broker(
            mqttLimits(),
            sessionLimits(),
            admission(),
            logins(),
            clientIds,
            finder,
            new PendingWills(),
            groups,
            host,
            random,
            counters,
            wall,
            new Uuid7(wall, random),
            config.mqtt().serverReference(),
            new SysTree(counters, wall, Version.text(), wall.instant()));
    Upgrades upgrades = new Upgrades(loop -> subprotocols(broker, loop), Map.of());
    HttpSettings settings = httpSettings(operations.port());
    BodyRoom room = BodyRoom.of(config.http().maxBodiesBytes(), config.http().maxBodyBytes());
    document(exports.get());
    for (int i = 0; i < config.loops().httpOrCores(); i++) {
      http.add(
          new HttpVerticle(
              settings,
              tables,
              upgrades,
              host,
              () -> documents,
              heap::refuses,
              room,
              wall,
              random));
    }
    for (int i = 0; i < config.loops().mqttOrCores(); i++) {
      mqtt.add(
          new MqttVerticle(
              mqttListening(), broker, () -> tables.apply(vertx.getOrCreateContext())));
    }
    floor.deploy(
        List.of(
            new OrphansVerticle(broker, nodes, () -> tables.apply(vertx.getOrCreateContext()))));
    floor.deploy(http);
    floor.deploy(mqtt);
    state =
        new NodeState(
            state.name(),
            state.version(),
            http.getFirst().port(),
            mqtt.getFirst().port(),
            List.of());
  }

  /** Has the documents of the node's interface tell of what is found at which path. */
  void document(Exports now) {
    NodeConfig.Mqtt.Network network = config.mqtt().network();
    documents =
        ApiDocuments.of(
            Version.text(),
            now,
            httpSettings(operations.port()),
            new Offer.Address(network.host(), network.port()));
  }

  /** Returns the addresses of all doors, for the start line. */
  String addresses() {
    return "http %s:%d, mqtt %s:%d, operations %s:%d"
        .formatted(
            config.http().host(),
            state.httpPort(),
            config.mqtt().network().host(),
            state.mqttPort(),
            config.operations().host(),
            operations.port());
  }

  private List<Subprotocol> subprotocols(Broker broker, Tables loop) {
    return config.mqtt().webSocket()
        ? MqttSubprotocol.all(new MqttDoor(broker, loop, vertx), config.mqtt().maxPacketBytes())
        : List.of();
  }

  private HttpSettings httpSettings(int consolePort) {
    NodeConfig.Http door = config.http();
    NodeConfig.Rest rest = config.rest();
    return new HttpSettings(
        door.host(),
        door.port(),
        door.requestTimeoutSeconds(),
        door.bodyTimeoutSeconds(),
        door.corsOrigins(),
        consolePort,
        door.maxBodyBytes(),
        door.maxRowBytes(),
        door.maxRows(),
        door.maxFrameBytes(),
        door.maxFramesPerSecond(),
        door.pingSeconds(),
        door.commentSeconds(),
        config.queues().socketBytes(),
        config.queues().connectionWrites(),
        rest.enabled(),
        rest.enabled() && rest.webSocket(),
        rest.enabled() && rest.sse(),
        rest.lastModified());
  }

  /** Passwords are checked on half of the processors at most: clients are served all the while. */
  private Logins logins() {
    NodeConfig.Mqtt.Authentication wanted = config.mqtt().authentication();
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return new Logins(
        wanted.usersFile().isEmpty() ? null : users(wanted.usersFile()),
        wanted.required(),
        this::nonce,
        vertx.createSharedWorkerExecutor("passwords", threads),
        wall);
  }

  private static Users users(String file) {
    try {
      return Users.parse(Files.readAllLines(Path.of(file)));
    } catch (IOException e) {
      throw new ConfigException(
          "mqtt.authentication.usersFile: %s cannot be read: %s".formatted(file, e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "mqtt.authentication.usersFile: %s: %s".formatted(file, e.getMessage()));
    }
  }

  private String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private MqttLimits mqttLimits() {
    NodeConfig.Mqtt door = config.mqtt();
    return new MqttLimits(
        door.maxPacketBytes(),
        door.connectTimeoutSeconds(),
        door.maxKeepAliveSeconds(),
        new TopicBounds(door.maxTopicLevels(), door.limits().maxTopicBytes()),
        door.receiveMaximum(),
        door.maxInflight(),
        door.topicAliasMaximum(),
        config.queues().connectionWrites(),
        config.queues().socketBytes(),
        door.limits().maxSubscriptions(),
        door.limits().maxPublishesPerSecond(),
        door.limits().tcpKeepAliveSeconds());
  }

  private Admission admission() {
    NodeConfig.Mqtt.Limits limits = config.mqtt().limits();
    return new Admission(
        new Admission.Bounds(
            limits.maxConnections(),
            limits.maxConnectionsPerAddress(),
            limits.maxConnectsPerSecond()),
        heap::refuses,
        wall,
        meters);
  }

  private SessionLimits sessionLimits() {
    NodeConfig.Mqtt.Sessions kept = config.mqtt().sessions();
    return new SessionLimits(
        kept.maxExpirySeconds(),
        kept.maxQueuedMessages(),
        kept.maxQueuedBytes(),
        kept.maxQueuedSeconds());
  }

  private NetServerOptions mqttListening() {
    NodeConfig.Mqtt.Network network = config.mqtt().network();
    return new NetServerOptions()
        .setHost(network.host())
        .setPort(network.port() == 0 ? FREE_PORT_SHARED_BY_MQTT : network.port())
        .setTcpNoDelay(true);
  }
}
