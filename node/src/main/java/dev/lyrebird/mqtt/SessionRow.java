package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The row of one session in {@code $sessions}, as the connection that holds the session writes it.
 * What is written is the state as it is when a write begins, and while one is under way those who
 * come wait for the next and share it.
 *
 * <p>Owned by the event loop of the connection.
 */
final class SessionRow {

  /** A will that no node could publish for so long goes with its session: a day. */
  private static final long WILL_MILLIS = 86_400_000;

  private final Loop loop;
  private final Tables tables;
  private final String clientId;
  private final Source source;

  /** Writes that this node alone must have. */
  private final Lane here = new Lane(Confirmation.NOT_AWAITED);

  /** Writes that all nodes must have that are there; they hold up no other. */
  private final Lane everywhere = new Lane(Confirmation.BY_ALL);

  private boolean isStale;

  /** Whose row it is. */
  interface Source {

    /** Returns what is to be written. */
    SessionState state();

    /** Returns the packet identifiers that must not be used before the row has forgotten them. */
    List<Integer> spent();

    /** The row has forgotten these identifiers. */
    void reuse(List<Integer> spent);
  }

  SessionRow(Loop loop, String clientId, Source source) {
    this.loop = loop;
    this.tables = loop.tables();
    this.clientId = clientId;
    this.source = source;
  }

  /** Notes that the state has changed in what need not be written at once. */
  void touch() {
    if (!isStale) {
      isStale = true;
      loop.staleRows().add(this);
    }
  }

  /** Writes the row if it is stale; returns false where that has to wait for a write under way. */
  boolean refresh() {
    if (isStale && here.isWriting) {
      return false;
    }
    if (isStale) {
      here.write();
    }
    return true;
  }

  /**
   * Writes the state as it is now or a little later.
   *
   * @param done is told when the row is journalled: null, or why it is not
   */
  void save(Consumer<@Nullable Refusal> done) {
    here.save(done);
  }

  /** Likewise, and waits until all other nodes have it that are there. */
  void saveEverywhere(Consumer<@Nullable Refusal> done) {
    everywhere.save(done);
  }

  /** Writes how the session stands when its connection has ended, and nothing after it. */
  void close(SessionState last, Runnable done) {
    loop.staleRows().remove(this);
    isStale = false;
    tables.write(
        tables.sessions(),
        put(clientId, last),
        Condition.NONE,
        Confirmation.NOT_AWAITED,
        (outcome, token) -> done.run(),
        0);
  }

  /** Runs something when no write is under way. */
  void whenQuiet(Runnable quiet) {
    if (here.isWriting) {
      here.waiting.add(refusal -> whenQuiet(quiet));
    } else if (everywhere.isWriting) {
      everywhere.waiting.add(refusal -> whenQuiet(quiet));
    } else {
      quiet.run();
    }
  }

  /** Writes of one kind, of which one is under way at a time. */
  private final class Lane {

    private final Confirmation confirmation;

    /** Who waits for a write that begins after they came. */
    private List<Consumer<@Nullable Refusal>> waiting = new ArrayList<>(1);

    private boolean isWriting;

    Lane(Confirmation confirmation) {
      this.confirmation = confirmation;
    }

    void save(Consumer<@Nullable Refusal> done) {
      waiting.add(done);
      if (!isWriting) {
        write();
      }
    }

    void write() {
      List<Consumer<@Nullable Refusal>> served = waiting;
      List<Integer> spent = source.spent();
      waiting = new ArrayList<>(1);
      isStale = false;
      isWriting = true;
      tables.write(
          tables.sessions(),
          put(clientId, source.state()),
          Condition.NONE,
          confirmation,
          (outcome, token) -> written(outcome, served, spent),
          0);
    }

    private void written(
        Outcome outcome, List<Consumer<@Nullable Refusal>> served, List<Integer> spent) {
      isWriting = false;
      Refusal refusal = refusal(outcome);
      if (refusal == null) {
        source.reuse(spent);
      }
      served.forEach(done -> done.accept(refusal));
      if (!isWriting && !waiting.isEmpty()) {
        write();
      }
    }
  }

  /** A row that not all nodes have confirmed in time is written all the same. */
  static @Nullable Refusal refusal(Outcome outcome) {
    return outcome instanceof Outcome.Refused(var refusal)
            && refusal.reason() != Refusal.Reason.UNCONFIRMED
        ? refusal
        : null;
  }

  /**
   * Returns the write that keeps a session; one whose client is gone ends at its expiry. Where its
   * will falls due then, the row has to be there still: whoever publishes the will deletes it.
   */
  static Write put(String clientId, SessionState state) {
    long endsAt = state.endsAtMillis();
    return new Write(
        Write.Kind.PUT,
        clientId,
        Payload.of(SessionStateCodec.encode(state)),
        0,
        0,
        endsAt == 0 || state.willAtMillis() == 0 ? endsAt : endsAt + WILL_MILLIS,
        null);
  }
}
