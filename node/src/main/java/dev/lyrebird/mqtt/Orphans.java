package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Nodes;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after sessions whose holder is gone: of each, one of the nodes that are there says that its
 * client is away from now on, so that its expiry counts, and publishes its will when it falls due.
 * Publishes the delayed wills of this node's own clients as well.
 *
 * <p>Rows are read from end to end when nodes have come or gone, and at the start. A feed of the
 * table would tell the same sooner, and would cost every node a look at every step of every session
 * of all others. What comes a moment later than the news of a node, since it was replicated by a
 * third one, is found by reading once more.
 *
 * <p>A row is written only if it still is as it was read, without the will, and then the will is
 * published: who finds the row changed leaves it to whoever changed it.
 *
 * <p>Owned by one event loop.
 */
final class Orphans {

  /** Matches what every client may publish to, and so every table that may keep receptions. */
  static final TopicFilter EVERYTHING = TopicFilter.below("");

  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

  /** When rows are read again after news: what was under way has come by then. */
  private static final long[] LATER_MILLIS = {5000, 30_000};

  private final Tables tables;
  private final Nodes nodes;
  private final ClientIds clientIds;
  private final PendingWills wills;
  private final Publisher publisher;
  private final InstantSource clock;
  private final Executor owner;

  /** When rows are to be read from end to end. */
  private final Queue<Long> sweeps = new PriorityQueue<>();

  private @Nullable Sweep sweep;

  /** Publishes in the name of clients that are gone. */
  @FunctionalInterface
  interface Publisher {

    /**
     * Publishes something that nobody awaits the outcome of.
     *
     * @param mark {@link Write#publisherOf} the client
     */
    void publish(Publication publication, long mark);
  }

  /**
   * @param tables as the event loop reaches them
   * @param nodes the other nodes
   * @param clientIds whose clients are here
   * @param wills when wills fall due
   * @param clock for expiry and delays
   * @param owner runs tasks on the event loop
   */
  Orphans(
      Tables tables,
      Nodes nodes,
      ClientIds clientIds,
      PendingWills wills,
      Publisher publisher,
      InstantSource clock,
      Executor owner) {
    this.tables = tables;
    this.nodes = nodes;
    this.clientIds = clientIds;
    this.wills = wills;
    this.publisher = publisher;
    this.clock = clock;
    this.owner = owner;
  }

  /**
   * Looks at the rows that were there before the node has started. Where there are other nodes they
   * are given time first to tell what they know better.
   */
  void begin(boolean isAlone) {
    if (isAlone) {
      sweeps.add(clock.millis());
    } else {
      sweepLater();
    }
  }

  /** Another node has come: rows may tell now who holds what is held here. */
  void joined() {
    sweepLater();
  }

  /** Another node is gone. */
  void left() {
    sweeps.add(clock.millis());
    sweepLater();
  }

  private void sweepLater() {
    for (long millis : LATER_MILLIS) {
      sweeps.add(clock.millis() + millis);
    }
  }

  /** Lets time pass; to be called several times a second. */
  void tick() {
    long now = clock.millis();
    if (sweep == null && !sweeps.isEmpty() && sweeps.element() <= now) {
      while (!sweeps.isEmpty() && sweeps.element() <= now) {
        sweeps.remove();
      }
      sweep = new Sweep();
    }
    wills.due(now).forEach(this::willIsDue);
  }

  private void willIsDue(String clientId) {
    tables.read(
        tables.sessions(),
        clientId,
        row -> {
          SessionState state = row == null ? null : state(row);
          if (row == null || state == null || !isPending(state)) {
            return;
          }
          if (state.willAtMillis() > clock.millis()) {
            wills.await(clientId, state.willAtMillis());
          } else {
            write(row, state, state.withoutWill(), () -> {});
          }
        });
  }

  private boolean isPending(SessionState state) {
    return state.holder() == nodes.self() && !state.isConnected() && state.willAtMillis() != 0;
  }

  /** Returns the session that a row tells of, or null where it cannot be read. */
  static @Nullable SessionState state(Row row) {
    try {
      return SessionStateCodec.decode(row.payload().bytes());
    } catch (IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("clientId", row.id())
          .addKeyValue("reason", e.getMessage())
          .log("A session cannot be read and is left alone");
      return null;
    }
  }

  /**
   * Writes a session anew if its row still is what was read, and then publishes the will that it
   * has no more.
   */
  private void write(Row row, SessionState before, SessionState after, Runnable done) {
    boolean isOver = after.isOver(clock.millis());
    SessionState.Will will = after.will() == null || isOver ? before.will() : null;
    tables.write(
        tables.sessions(),
        isOver ? Write.delete(row.id()) : SessionRow.put(row.id(), after),
        isStill(row),
        Confirmation.NOT_AWAITED,
        (outcome, token) -> {
          if (outcome instanceof Outcome.Applied) {
            if (will != null) {
              publisher.publish(will.publication(), Write.publisherOf(row.id()));
            } else if (after.willAtMillis() != 0) {
              wills.await(row.id(), after.willAtMillis());
            }
          }
          done.run();
        },
        0);
  }

  private static Condition isStill(Row row) {
    return version ->
        row.version().equals(version)
            ? null
            : Refusal.of(Refusal.Reason.CONFLICT, "somebody else looks after the session");
  }

  /**
   * Lets tables forget what an earlier run of this node has received in sessions that have ended
   * since, or have gone on elsewhere.
   */
  private void forgetReceptions(Set<Receiver> receivers) {
    Predicate<Reception> isKept =
        reception ->
            !clientIds.isOfEarlierRun(new Timestamp(reception.claim(), nodes.self()))
                || receivers.contains(new Receiver(reception.client(), reception.claim()));
    for (int index : tables.touchedBy(EVERYTHING, Protocol.MQTT)) {
      tables.releaseUnless(tables.definition(index), isKept);
    }
  }

  /** A session as receptions know it: the mark of its client, and the time of its claim. */
  private record Receiver(long client, long claim) {}

  /** One reading of all rows. */
  private final class Sweep implements Tables.RowSink {

    private final Set<Long> present = new HashSet<>(nodes.present());
    private final Tables.Scan scan;

    /** Rows of the page that are not done with, and the page itself. */
    private int unfinished;

    private boolean isLastPage;

    /** Who may still release what an earlier run of this node has received. */
    private final Set<Receiver> receivers = new HashSet<>();

    Sweep() {
      present.add(nodes.self());
      scan = tables.scan(tables.sessions(), "", this);
    }

    @Override
    public void rows(List<Row> rows, boolean last) {
      isLastPage = last;
      unfinished = 1;
      for (Row row : rows) {
        SessionState state = state(row);
        if (state != null) {
          if (clientIds.isOfEarlierRun(state.claim())) {
            receivers.add(new Receiver(Write.publisherOf(row.id()), state.claim().time()));
          }
          unfinished++;
          look(row, state);
        }
      }
      finished();
    }

    private void finished() {
      if (--unfinished > 0) {
        return;
      }
      if (isLastPage) {
        sweep = null;
        forgetReceptions(Set.copyOf(receivers));
      } else {
        scan.more();
      }
    }

    private void look(Row row, SessionState state) {
      clientIds.seen(
          row.id(),
          state.claim(),
          state.holder(),
          isHeldHere -> owner.execute(() -> judge(row, state, isHeldHere)));
    }

    private void judge(Row row, SessionState state, boolean isHeldHere) {
      boolean isMine = state.holder() == nodes.self();
      boolean isDone = !state.isConnected() && state.willAtMillis() == 0;
      if (isHeldHere || isDone || !(isMine || isMineToTake(row, state))) {
        finished();
      } else if (isMine && !state.isConnected()) {
        wills.await(row.id(), state.willAtMillis());
        finished();
      } else {
        write(row, state, state.orphaned(nodes.self(), clock.millis()), this::finished);
      }
    }

    private boolean isMineToTake(Row row, SessionState state) {
      return !present.contains(state.holder()) && Rendezvous.of(row.id(), present) == nodes.self();
    }
  }
}
