package dev.lyrebird;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * What can be configured, one component per key; {@code conf/config.yaml} tells what each means. A
 * record refuses values out of range with an {@link IllegalArgumentException} that opens with the
 * component's name. {@link ConfigFile} reads it.
 */
public record NodeConfig(
    Identity node,
    Http http,
    Mqtt mqtt,
    Operations operations,
    Rest rest,
    GraphqlSchema graphqlSchema,
    Storage storage,
    Cluster cluster,
    Loops loops,
    Queues queues,
    Queries queries,
    Memory memory,
    Resources resources) {

  /** The configuration of a node that is told nothing. */
  public static final NodeConfig DEFAULT =
      new NodeConfig(
          Identity.DEFAULT,
          Http.DEFAULT,
          Mqtt.DEFAULT,
          Operations.DEFAULT,
          Rest.DEFAULT,
          GraphqlSchema.DEFAULT,
          Storage.DEFAULT,
          Cluster.DEFAULT,
          Loops.DEFAULT,
          Queues.DEFAULT,
          Queries.DEFAULT,
          Memory.DEFAULT,
          Resources.DEFAULT);

  /** Who this node is. */
  public record Identity(String name) {
    static final Identity DEFAULT = new Identity("");

    public Identity {
      name = name.isEmpty() ? hostName() : name;
    }
  }

  /** The door for REST, WebSocket and SSE. */
  public record Http(
      String host,
      int port,
      int requestTimeoutSeconds,
      int bodyTimeoutSeconds,
      List<String> corsOrigins,
      int maxBodyBytes,
      long maxBodiesBytes,
      int maxRowBytes,
      int maxRows,
      int maxFrameBytes,
      int maxFramesPerSecond,
      int pingSeconds,
      int commentSeconds) {
    static final Http DEFAULT =
        new Http("127.0.0.1", 9926, 10, 30, List.of(), 8 * MIB, 0, MIB, 10_000, MIB, 0, 30, 15);

    public Http {
      loopback("host", host);
      within("port", port, 0, MAX_PORT);
      within("requestTimeoutSeconds", requestTimeoutSeconds, 1, 3600);
      within("bodyTimeoutSeconds", bodyTimeoutSeconds, 1, 3600);
      corsOrigins = List.copyOf(corsOrigins);
      within("maxBodyBytes", maxBodyBytes, 1024, GIB);
      if (maxBodiesBytes != 0) {
        within("maxBodiesBytes", maxBodiesBytes, maxBodyBytes, Long.MAX_VALUE);
      }
      within("maxRowBytes", maxRowBytes, 1024, GIB);
      within("maxRows", maxRows, 1, 1_000_000);
      within("maxFrameBytes", maxFrameBytes, 1024, GIB);
      within("maxFramesPerSecond", maxFramesPerSecond, 0, 1_000_000);
      within("pingSeconds", pingSeconds, 1, 3600);
      within("commentSeconds", commentSeconds, 1, 3600);
    }
  }

  /** The door for MQTT. */
  public record Mqtt(
      Network network,
      Authentication authentication,
      boolean webSocket,
      int maxPacketBytes,
      int connectTimeoutSeconds,
      int maxKeepAliveSeconds,
      int maxTopicLevels,
      int receiveMaximum,
      int maxInflight,
      int topicAliasMaximum,
      String serverReference,
      Limits limits,
      Sessions sessions) {
    static final Mqtt DEFAULT =
        new Mqtt(
            Network.DEFAULT,
            Authentication.DEFAULT,
            true,
            MIB + 2 * 65_536,
            10,
            3600,
            128,
            1024,
            1024,
            64,
            "",
            Limits.DEFAULT,
            Sessions.DEFAULT);

    public Mqtt {
      if (!authentication.required()) {
        loopback("network.host", network.host());
      }
      within(
          "maxPacketBytes", maxPacketBytes, 1024, 268_435_455); // [MQTT-1.5.5]: four bytes tell it
      within("connectTimeoutSeconds", connectTimeoutSeconds, 1, 3600);
      within("maxKeepAliveSeconds", maxKeepAliveSeconds, 1, 65_535);
      within("maxTopicLevels", maxTopicLevels, 1, 65_535);
      within("receiveMaximum", receiveMaximum, 1, 65_535);
      within("maxInflight", maxInflight, 1, 65_535);
      within("topicAliasMaximum", topicAliasMaximum, 0, 65_535);
    }

    /** How many clients there may be, and how much each may do. */
    public record Limits(
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxConnectsPerSecond,
        int maxTopicBytes,
        int maxSubscriptions,
        int maxPublishesPerSecond,
        int tcpKeepAliveSeconds) {
      static final Limits DEFAULT = new Limits(100_000, 0, 10_000, 65_535, 10_000, 0, 60);

      public Limits {
        within("maxConnections", maxConnections, 0, 10_000_000);
        within("maxConnectionsPerAddress", maxConnectionsPerAddress, 0, 10_000_000);
        within("maxConnectsPerSecond", maxConnectsPerSecond, 0, 1_000_000);
        within("maxTopicBytes", maxTopicBytes, 1, 65_535); // [MQTT-1.5.4]: two bytes tell it
        within("maxSubscriptions", maxSubscriptions, 1, 10_000_000);
        within("maxPublishesPerSecond", maxPublishesPerSecond, 0, 10_000_000);
        within("tcpKeepAliveSeconds", tcpKeepAliveSeconds, 1, 7200);
      }
    }

    /** What is kept for clients that are away; each is 0 for no limit. */
    public record Sessions(
        long maxExpirySeconds, long maxQueuedMessages, long maxQueuedBytes, long maxQueuedSeconds) {
      static final Sessions DEFAULT = new Sessions(0, 0, 0, 0);

      public Sessions {
        within("maxExpirySeconds", maxExpirySeconds, 0, 0xFFFF_FFFFL);
        within("maxQueuedMessages", maxQueuedMessages, 0, Long.MAX_VALUE);
        within("maxQueuedBytes", maxQueuedBytes, 0, Long.MAX_VALUE);
        within("maxQueuedSeconds", maxQueuedSeconds, 0, 0xFFFF_FFFFL);
      }
    }

    /** Where MQTT over TCP listens. */
    public record Network(String host, int port) {
      static final Network DEFAULT = new Network("127.0.0.1", 1883);

      public Network {
        address("host", host);
        within("port", port, 0, MAX_PORT);
      }
    }

    /** Who is let in. The path of the file is made absolute by {@link ConfigFile}. */
    public record Authentication(String usersFile, boolean required) {
      static final Authentication DEFAULT = new Authentication("", false);

      public Authentication {
        if (required && usersFile.isEmpty()) {
          throw new IllegalArgumentException(
              "required is true, but nobody could log in: name a file of users in usersFile");
        }
      }
    }
  }

  /** Where health, metrics and the console are served. */
  public record Operations(String host, int port) {
    static final Operations DEFAULT = new Operations("127.0.0.1", 9925);

    public Operations {
      loopback("host", host);
      within("port", port, 0, MAX_PORT);
    }
  }

  /** What tables answer over HTTP. In a file, {@code rest: false} stands for {@code enabled}. */
  public record Rest(boolean enabled, boolean webSocket, boolean sse, boolean lastModified) {
    static final Rest DEFAULT = new Rest(true, true, true, true);
  }

  /** Where the tables are defined: globs, made absolute by {@link ConfigFile}. */
  public record GraphqlSchema(List<String> files) {
    static final GraphqlSchema DEFAULT = new GraphqlSchema(List.of("schema.graphql"));

    public GraphqlSchema {
      files = List.copyOf(files);
    }
  }

  /** The store of rows and journals. */
  public record Storage(
      String path,
      Sync sync,
      int syncIntervalMillis,
      long journalMaxBytes,
      long blockCacheBytes,
      long writeBufferBytes) {
    static final Storage DEFAULT =
        new Storage("../data", Sync.INTERVAL, 100, GIB, 64L * MIB, 64L * MIB);

    public Storage {
      within("syncIntervalMillis", syncIntervalMillis, 1, 60_000);
      within("journalMaxBytes", journalMaxBytes, MIB, 1024L * GIB);
      within("blockCacheBytes", blockCacheBytes, MIB, 1024L * GIB);
      within("writeBufferBytes", writeBufferBytes, MIB, 64L * GIB);
    }

    /**
     * When a write is on disk: before its acknowledgement, soon after, or when the system likes.
     */
    public enum Sync {
      @JsonProperty("always")
      ALWAYS,
      @JsonProperty("interval")
      INTERVAL,
      @JsonProperty("os")
      OS
    }
  }

  /** Other nodes. */
  public record Cluster(
      boolean enabled,
      String name,
      String host,
      int port,
      int eventBusPort,
      List<String> members,
      int joinSeconds,
      String hazelcast,
      Tls tls,
      int heartbeatMillis,
      int pushBytes,
      int maxClockSkewSeconds,
      int confirm,
      int confirmTimeoutMillis,
      int takeoverTimeoutMillis) {
    static final Cluster DEFAULT =
        new Cluster(
            false,
            "lyrebird",
            "127.0.0.1",
            9932,
            0,
            List.of(),
            10,
            "",
            Tls.DEFAULT,
            500,
            4 * MIB,
            60,
            0,
            5000,
            3000);

    public Cluster {
      if (name.isBlank()) {
        throw new IllegalArgumentException("name is empty, but nodes find one another by it");
      }
      withinReachOfFriends("host", host);
      within("port", port, 0, MAX_PORT);
      within("eventBusPort", eventBusPort, 0, MAX_PORT);
      members = List.copyOf(members);
      within("joinSeconds", joinSeconds, 1, 300);
      within("heartbeatMillis", heartbeatMillis, 10, 60_000);
      within("pushBytes", pushBytes, 65_536, GIB);
      within("maxClockSkewSeconds", maxClockSkewSeconds, 0, 86_400);
      within("confirm", confirm, 0, 255);
      within("confirmTimeoutMillis", confirmTimeoutMillis, 1, 600_000);
      within("takeoverTimeoutMillis", takeoverTimeoutMillis, 1, 60_000);
    }

    /** Files, in PEM, by which nodes know one another; all empty where they need not. */
    public record Tls(String keyFile, String certificateFile, String trustFile) {
      static final Tls DEFAULT = new Tls("", "", "");

      public Tls {
        boolean isComplete =
            !keyFile.isEmpty() && !certificateFile.isEmpty() && !trustFile.isEmpty();
        if (!isComplete && !(keyFile + certificateFile + trustFile).isEmpty()) {
          throw new IllegalArgumentException(
              "keyFile, certificateFile and trustFile go together: name all three or none");
        }
      }

      /** Whether the event bus is encrypted and lets in known nodes only. */
      boolean isOn() {
        return !keyFile.isEmpty();
      }
    }
  }

  /** Event loops per door. */
  public record Loops(int http, int mqtt) {
    static final Loops DEFAULT = new Loops(0, 0);

    public Loops {
      within("http", http, 0, 256);
      within("mqtt", mqtt, 0, 256);
    }

    /** The loops of the HTTP door. */
    int httpOrCores() {
      return orCores(http);
    }

    /** The loops of the MQTT door. */
    int mqttOrCores() {
      return orCores(mqtt);
    }

    /** As many threads as the larger door has loops; the doors share them. */
    int mostOfADoor() {
      return Math.max(httpOrCores(), mqttOrCores());
    }

    private static int orCores(int configured) {
      return configured == 0 ? Runtime.getRuntime().availableProcessors() : configured;
    }
  }

  /** Bounds of what may wait. */
  public record Queues(int connectionWrites, int socketBytes) {
    static final Queues DEFAULT = new Queues(1024, 262_144);

    public Queues {
      within("connectionWrites", connectionWrites, 1, 65_536);
      within("socketBytes", socketBytes, 4096, GIB);
    }
  }

  /** Bounds of what a table does for queries. */
  public record Queries(
      long maxScannedRows, int maxGatheredIds, long maxSortedBytes, int maxUnderWay) {
    static final Queries DEFAULT = new Queries(1_000_000, 100_000, 16L * MIB, 256);

    public Queries {
      within("maxScannedRows", maxScannedRows, 1, Long.MAX_VALUE);
      within("maxGatheredIds", maxGatheredIds, 1, 100_000_000);
      within("maxSortedBytes", maxSortedBytes, MIB, 64L * GIB);
      within("maxUnderWay", maxUnderWay, 1, 100_000);
    }
  }

  /** When newcomers are refused for want of memory. */
  public record Memory(int maxHeapPercent) {
    static final Memory DEFAULT = new Memory(85);

    public Memory {
      within("maxHeapPercent", maxHeapPercent, 1, 100);
    }
  }

  /** Users' code behind paths. */
  public record Resources(String jars, List<String> routes) {
    static final Resources DEFAULT = new Resources("resources", List.of());

    public Resources {
      routes = List.copyOf(routes);
    }
  }

  private static final int MIB = 1 << 20;
  private static final int GIB = 1 << 30;
  private static final int MAX_PORT = 65_535;

  private static void within(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d, but must be from %d to %d".formatted(key, value, least, most));
    }
  }

  private static void loopback(String key, String host) {
    if (!address(key, host).isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "%s is %s, but a node without authentication listens on loopback only: 127.0.0.1 or ::1"
              .formatted(key, host));
    }
  }

  /**
   * Refuses an address that strangers may reach: Hazelcast's open edition asks nobody who they are.
   */
  private static void withinReachOfFriends(String key, String host) {
    InetAddress address = address(key, host);
    boolean isUniqueLocal = // RFC 4193: fc00::/7, which InetAddress has no word for
        address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
    if (!address.isLoopbackAddress()
        && !address.isSiteLocalAddress()
        && !address.isLinkLocalAddress()
        && !isUniqueLocal) {
      throw new IllegalArgumentException(
          "%s is %s, but who reaches that port is let in unasked: name an address of a private network"
              .formatted(key, host));
    }
  }

  private static InetAddress address(String key, String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("%s is %s, which has no address".formatted(key, host), e);
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
