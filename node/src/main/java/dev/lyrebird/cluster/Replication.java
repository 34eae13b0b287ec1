package dev.lyrebird.cluster;

import dev.lyrebird.replication.Effect;
import dev.lyrebird.replication.MessageCodec;
import dev.lyrebird.replication.PeerProgress;
import dev.lyrebird.replication.Replica;
import dev.lyrebird.replication.ReplicaReport;
import dev.lyrebird.table.StorageException;
import dev.lyrebird.table.Table;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One table's replica on the cluster's event bus: brings it what arrives and the passing of time,
 * and carries out what it decides. Each replica has an address of its own, to which its peers send.
 *
 * <p>Owned by the table's thread.
 */
final class Replication {

  /** What a replica tells its own node. */
  interface Listener {

    /** Other nodes have changed something. */
    void received(Table.Commit commit);

    /**
     * Rows have changed without entries that tell how.
     *
     * @param reason for clients
     */
    void reset(String reason);

    /**
     * Something came in, or a node came or went, so that peers may have told how far they are, and
     * writes may go on.
     */
    void heard(List<PeerProgress> peers);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Replication.class);

  /** Ticks in a heartbeat. */
  private static final int TICKS = 5;

  private final Vertx vertx;
  private final Cluster cluster;
  private final int tableKey;
  private final Listener listener;
  private final Consumer<Runnable> guard;
  private final Replica replica;
  private final Promise<Void> ready = Promise.promise();
  private @Nullable MessageConsumer<Buffer> consumer;

  /**
   * @param vertx on whose event bus the peers are
   * @param cluster what this node says of the cluster
   * @param tableKey by which all nodes know the table
   * @param table the table
   * @param listener is told what concerns this node
   * @param guard runs what may find the storage broken
   */
  Replication(
      Vertx vertx,
      Cluster cluster,
      int tableKey,
      Table table,
      Listener listener,
      Consumer<Runnable> guard) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.tableKey = tableKey;
    this.listener = listener;
    this.guard = guard;
    this.replica =
        new Replica(
            cluster.node(),
            table,
            cluster.clock(),
            Replication::steadyMillis,
            cluster.freshNumber(),
            cluster.settings());
  }

  private static long steadyMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Returns where a node listens for this table now; null where it is not there. */
  private @Nullable String address(long node) {
    String process = cluster.process().apply(node);
    return process == null ? null : "replica.%s.%x".formatted(process, tableKey);
  }

  private void send(long node, Buffer message) {
    String address = address(node);
    if (address != null) {
      try {
        vertx.eventBus().send(address, message);
      } catch (IllegalStateException e) {
        LOG.atDebug()
            .addKeyValue("address", address)
            .setCause(e)
            .log("a message is lost with the connection that just breaks; others get theirs");
      }
    }
  }

  /** Joins the peers; the future ends once this node may write. */
  Future<?> start() {
    MessageConsumer<Buffer> listening =
        vertx
            .eventBus()
            .consumer(
                Objects.requireNonNull(address(cluster.node())),
                message -> guard.accept(() -> receive(message.body())));
    consumer = listening;
    vertx.setPeriodic(
        Math.max(1, cluster.settings().heartbeatMillis() / TICKS),
        timer -> guard.accept(() -> perform(replica.tick())));
    return listening
        .completion()
        .compose(registered -> {
          perform(replica.start(cluster.members().get()));
          listener.heard(replica.progress());
          return ready.future();
        });
  }

  /** Leaves the peers. */
  Future<?> stop() {
    replica.close();
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }

  /** Tells whether this node may write. */
  boolean isReady() {
    return replica.isReady();
  }

  /** Tells whether this node knows what its peers knew a while ago. */
  boolean isCurrent() {
    return replica.isCurrent();
  }

  /** Returns which rows it is for this node to end; see {@link Replica#expiresUntil}. */
  long expiresUntil(long origin) {
    return replica.expiresUntil(origin);
  }

  /** Returns a fresh numeric id, one that no other node gives at the same time. */
  long nextNumber(Table table) {
    return table.nextNumber(replica.turn(), replica.turns());
  }

  /** Notes what this node has written; see {@link Replica#committed}. */
  void committed(Table.Commit commit, boolean isEager) {
    perform(replica.committed(commit, isEager));
  }

  void joined(long node) {
    perform(replica.peerJoined(node));
    listener.heard(replica.progress());
  }

  void left(long node) {
    perform(replica.peerLeft(node));
    listener.heard(replica.progress());
  }

  ReplicaReport report() {
    return replica.report();
  }

  private void receive(Buffer bytes) {
    long from = 0;
    try {
      MessageCodec.Letter letter = MessageCodec.decode(bytes.getBytes());
      from = letter.from();
      perform(replica.receive(from, letter.message()));
    } catch (IllegalArgumentException | StorageException e) {
      if (replica.failed(from, String.valueOf(e.getMessage()))) {
        LOG.atWarn()
            .addKeyValue("address", address(cluster.node()))
            .addKeyValue("from", Long.toHexString(from))
            .addKeyValue("reason", e.getMessage())
            .log("a message of another node is dropped; what it told will be asked for again");
      }
    }
    listener.heard(replica.progress());
  }

  private void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Send send -> {
          Buffer bytes = Buffer.buffer(MessageCodec.encode(cluster.node(), send.message()));
          cluster.sender().runOnContext(turn -> send.to().forEach(node -> send(node, bytes)));
        }
        case Effect.Deliver deliver -> listener.received(deliver.commit());
        case Effect.Reset reset -> {
          LOG.atInfo().addKeyValue("address", address(cluster.node())).log(reset.reason());
          listener.reset(reset.reason());
        }
      }
    }
    if (replica.isReady()) {
      ready.tryComplete();
    }
  }
}
