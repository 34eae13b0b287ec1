package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The opening of a session for a client that holds its client id: what was kept of it is found, and
 * where the session is to outlive the connection its row is written, before the client hears of
 * anything.
 *
 * <p>Owned by the event loop of the connection.
 */
final class SessionOpening {

  private static final Logger log = LoggerFactory.getLogger(SessionOpening.class);

  private final Connect connect;
  private final ClientIds.Granted granted;
  private final Loop loop;
  private final Tables tables;
  private final BiConsumer<Connect, Opened> opened;

  /** Every reception that is known of; none counts once the row of this connection is written. */
  private final List<Found> receptions = new ArrayList<>(0);

  /** Tables that have not told yet what they have received. */
  private int unanswered;

  /**
   * What came of the opening.
   *
   * @param claim by which the connection holds the session
   * @param state what was kept of it; null for a new one
   * @param refusal why it could not be opened, or null
   */
  record Opened(Timestamp claim, @Nullable SessionState state, @Nullable Refusal refusal) {}

  private record Found(TableDefinition table, Reception reception) {}

  private SessionOpening(
      Connect connect, ClientIds.Granted granted, Loop loop, BiConsumer<Connect, Opened> opened) {
    this.connect = connect;
    this.granted = granted;
    this.loop = loop;
    this.tables = loop.tables();
    this.opened = opened;
  }

  /**
   * Opens the session of a client.
   *
   * @param opened is told on the event loop that calls
   */
  static void open(
      Connect connect, ClientIds.Granted granted, Loop loop, BiConsumer<Connect, Opened> opened) {
    SessionOpening opening = new SessionOpening(connect, granted, loop, opened);
    LatestRow.read(loop.tables().sessions(), connect.clientId(), loop, opening::found);
  }

  private void found(byte @Nullable [] bytes, boolean hasRow) {
    SessionState stored = bytes == null ? null : decode(bytes);
    if (stored != null && granted.handedOver() == null) {
      askReceptions(stored);
    } else {
      open(stored, hasRow || stored != null);
    }
  }

  private @Nullable SessionState decode(byte[] bytes) {
    try {
      return SessionStateCodec.decode(bytes);
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("clientId", connect.clientId())
          .addKeyValue("reason", e.getMessage())
          .log("A session cannot be read and begins anew");
      return null;
    }
  }

  /**
   * If the holder of the session failed, what it had received is known to the tables of its node
   * alone: whoever has looked after the session since has written the row without it.
   */
  private void askReceptions(SessionState stored) {
    int[] all = tables.touchedBy(Orphans.EVERYTHING, Protocol.MQTT);
    unanswered = all.length;
    long mark = Write.publisherOf(connect.clientId());
    for (int index : all) {
      TableDefinition table = tables.definition(index);
      tables.receptions(
          table,
          mark,
          found -> {
            found.forEach(one -> receptions.add(new Found(table, one)));
            if (--unanswered == 0) {
              open(stored, true);
            }
          });
    }
    if (all.length == 0) {
      open(stored, true);
    }
  }

  /**
   * @param stored what the row tells; null where there is none, or none that can be read
   * @param hasRow whether there is a row
   */
  private void open(@Nullable SessionState stored, boolean hasRow) {
    SessionState latest = granted.handedOver() instanceof SessionState left ? left : stored;
    if (latest != null) {
      publishWill(latest);
    }
    Timestamp claim = claim(stored);
    SessionState state = latest != null && goesOn(latest) ? goingOn(latest, claim) : null;
    if (latest != null && state == null) {
      leaveGroups(latest);
    }
    Opened done = new Opened(claim, state, null);
    boolean endsAnother = latest != null && state == null;
    Confirmation confirmation = endsAnother ? Confirmation.BY_ALL : Confirmation.NOT_AWAITED;
    if (connect.isKept()) {
      SessionState row = state == null ? SessionState.fresh(claim, connect) : state;
      write(SessionRow.put(connect.clientId(), row), confirmation, done);
    } else if (hasRow) {
      write(Write.delete(connect.clientId()), confirmation, done);
    } else {
      opened.accept(connect, done);
    }
  }

  /** What a group keeps for the session that ends here is kept for nobody ([MQTT-4.8.2-5]). */
  private void leaveGroups(SessionState latest) {
    for (SessionState.Subscription subscription : latest.subscriptions()) {
      if (SharedFilter.isMeant(subscription.filter())) {
        loop.broker()
            .groups()
            .sessionEnded(SharedFilter.of(subscription.filter()), connect.clientId());
      }
    }
  }

  /** A claim is later than any before it, even where the clock of its node was ahead. */
  private Timestamp claim(@Nullable SessionState stored) {
    Timestamp stamp = granted.stamp();
    return stored == null || stored.claim().time() < stamp.time()
        ? stamp
        : new Timestamp(stored.claim().time() + 1, stamp.node());
  }

  /**
   * Publishes the will of a connection that nobody else sees the end of, and one that was delayed
   * if its session ends here ([MQTT-3.1.2-8]).
   */
  private void publishWill(SessionState latest) {
    SessionState.Will will = latest.will();
    boolean isPending = latest.isConnected() || latest.willAtMillis() != 0;
    boolean isDue =
        connect.isCleanStart()
            || will == null
            || latest.expirySeconds() == 0
            || (latest.isConnected() && will.delaySeconds() == 0);
    if (will != null && isPending && isDue) {
      loop.publish(will.publication(), Write.publisherOf(connect.clientId()));
    }
  }

  private boolean goesOn(SessionState latest) {
    long endsAt = latest.endsAtMillis();
    return !connect.isCleanStart()
        && latest.expirySeconds() > 0
        && (endsAt == 0 || endsAt > loop.broker().clock().millis());
  }

  /** Returns a session as the connection takes it over. */
  private SessionState goingOn(SessionState latest, Timestamp claim) {
    List<SessionState.Received> received = new ArrayList<>(latest.received());
    for (Found found : receptions) {
      if (found.reception.claim() == latest.claim().time()) {
        received.add(
            new SessionState.Received(found.reception.packetId(), loop.keyOf(found.table)));
      }
    }
    return latest.takenOver(claim, connect, received, loop.broker().clock().millis());
  }

  /**
   * Writes the row. Where that ends an earlier session, all nodes that are there have it before the
   * client hears of it: none may take up again what has ended.
   */
  private void write(Write write, Confirmation confirmation, Opened done) {
    tables.write(
        tables.sessions(),
        write,
        Condition.NONE,
        confirmation,
        (outcome, token) -> {
          Refusal refusal = SessionRow.refusal(outcome);
          if (refusal != null) {
            opened.accept(connect, new Opened(done.claim(), null, refusal));
          } else {
            forgetReceptions();
            opened.accept(connect, done);
          }
        },
        0);
  }

  private void forgetReceptions() {
    for (Found found : receptions) {
      tables.release(found.table, List.of(found.reception), () -> {});
    }
  }
}
