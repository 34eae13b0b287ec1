package dev.lyrebird.replication;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.table.Adoption;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One node's replica of one table. Takes what happens and returns what is to be done about it.
 *
 * <pre>
 *   this node writes -------- push ------&gt; peers
 *   a push leaves a gap ----- pull ------&gt; its sender
 *   a peer has more --------- pull ------&gt; that peer
 *   its journal is too short  ask for rows, and take them over
 * </pre>
 *
 * <p>Who exchanges changes: replicas that know each other. A new one is let in at once where it has
 * nothing that is both unknown and old. One that was away for longer than it is remembered gives up
 * its journal first, takes over the rows of those who went on, and writes again what it has newer.
 *
 * <p>Owned by the table's thread.
 */
public final class Replica {

  /** Bytes of changes after which their sender is told at once how far this replica has come. */
  private static final long ACKNOWLEDGED_BYTES = 256 << 10;

  private static final int FOLDED_AT_ONCE = 1000;

  /** How often a page of rows is asked for again. */
  private static final int MAX_REPEATS = 3;

  private final Table table;
  private final HybridClock clock;
  private final LongSupplier ticks;
  private final LongSupplier freshNumber;
  private final ReplicaSettings settings;
  private final long node;
  private final Readings readings;

  /** By node id, in a fixed order. */
  private final Map<Long, Peer> peers = new TreeMap<>();

  private long since;
  private VersionVector adopted;

  /** Those whose answer the choice of an origin waits for; null once it is made. */
  private @Nullable Set<Long> awaited;

  private long awaitedUntil;

  /** Who was asked for changes and has not answered yet. */
  private @Nullable Peer pulling;

  private long pulledAt;
  private @Nullable Takeover takeover;
  private long memorizedMillis;

  private List<Effect> effects = new ArrayList<>();

  /** Rows of a peer on their way here. */
  private record Takeover(Peer peer, long reading, boolean isAnew, Adopting adopting) {}

  /** What has come so far. */
  private static final class Adopting {
    @Nullable Adoption rows;
    int nextPage;
    int repeats;
    long askedAt;
  }

  /**
   * Makes a replica of a table.
   *
   * @param node this node's id
   * @param table the table, whose origin is that id unless it remembers another
   * @param clock the node's
   * @param ticks a clock in ms that never goes back, of no particular beginning
   * @param freshNumber gives numbers that nobody has used
   * @param settings bounds
   */
  public Replica(
      long node,
      Table table,
      HybridClock clock,
      LongSupplier ticks,
      LongSupplier freshNumber,
      ReplicaSettings settings) {
    this.node = node;
    this.table = table;
    this.clock = clock;
    this.ticks = ticks;
    this.freshNumber = freshNumber;
    this.settings = settings;
    this.readings = new Readings(table, settings.pageBytes());
    byte[] remembered = table.memory();
    if (remembered == null) {
      since = table.head().position() == 0 ? clock.promise() : 0;
      adopted = VersionVector.EMPTY;
      memorize();
    } else {
      Memory memory = Memory.decode(remembered);
      since = memory.since();
      adopted = memory.adopted();
      table.renew(memory.origin());
      memory
          .known()
          .forEach((known, heardMillis) -> {
            Peer peer = peer(known);
            peer.isKnown = true;
            peer.heardMillis = heardMillis;
          });
    }
    table.stableUntil(0);
  }

  /**
   * Begins. Until {@link #isReady} this node's writes must wait.
   *
   * @param members the node ids of the members that are there
   */
  public List<Effect> start(Collection<Long> members) {
    Set<Long> waited = new HashSet<>(members);
    awaited = waited;
    awaitedUntil = ticks.getAsLong() + settings.answerMillis();
    for (long member : members) {
      peer(member).isPresent = true;
      tell(peer(member), true);
    }
    settleOrigin();
    return take();
  }

  /** Tells whether this node may write. */
  public boolean isReady() {
    return awaited == null && !isAdoptingAnew();
  }

  /**
   * Tells whether this replica has what its peers had a while ago: who lags behind them must not
   * judge which rows have ended.
   */
  public boolean isCurrent() {
    for (Peer peer : peers.values()) {
      if (peer.isPresent && peer.isKnown && !mine().covers(peer.vectorBefore)) {
        return false;
      }
    }
    return isReady();
  }

  /**
   * Notes that this node has written.
   *
   * @param commit what came of it
   * @param isEager whether anybody waits for peers to have it
   */
  public List<Effect> committed(Table.Commit commit, boolean isEager) {
    if (!commit.entries().isEmpty()) {
      long before = commit.before().vector().timeOf(table.origin());
      VersionVector after = VersionVector.of(new Timestamp(before, table.origin()));
      push(new Message.Delta(after, commit.pages(), mine(), false, isEager));
    }
    return take();
  }

  private void push(Message.Delta delta) {
    List<Long> to = new ArrayList<>(peers.size());
    Timestamp upTo = new Timestamp(mine().timeOf(table.origin()), table.origin());
    for (Peer peer : peers.values()) {
      if (peer.isCompanion() && peer.hasRoom(settings.pushBytes())) {
        peer.pushed(upTo, delta.bytes());
        to.add(peer.node);
      }
    }
    if (!to.isEmpty()) {
      effects.add(new Effect.Send(to, delta));
    }
  }

  /** A member has joined the cluster, or come back. */
  public List<Effect> peerJoined(long member) {
    Peer peer = peer(member);
    peer.isPresent = true;
    tell(peer, true);
    return take();
  }

  /** A member has left the cluster, or cannot be reached. */
  public List<Effect> peerLeft(long member) {
    Peer peer = peer(member);
    peer.left();
    giveUp(peer, "left the cluster");
    if (awaited != null) {
      awaited.remove(member);
      settleOrigin();
    }
    memorize();
    return take();
  }

  /**
   * Notes that a message could not be used.
   *
   * @param from who sent it, as far as it says
   * @return whether that is news
   */
  public boolean failed(long from, String error) {
    Peer peer = peers.get(from);
    if (peer == null || error.equals(peer.lastError)) {
      return peer == null;
    }
    peer.lastError = error;
    return true;
  }

  /**
   * Takes a message.
   *
   * @param from the sender's node id
   * @throws IllegalArgumentException where its content is damaged; nothing has happened then
   */
  public List<Effect> receive(long from, Message message) {
    Peer peer = peer(from);
    peer.heardMillis = wallMillis();
    switch (message) {
      case Message.Status status -> status(peer, status);
      case Message.Delta delta -> delta(peer, delta);
      case Message.Pull pull -> pulled(peer, pull);
      case Message.Beyond beyond -> beyond(peer);
      case Message.AskRows ask -> rowsAsked(peer, ask);
      case Message.Rows rows -> rows(peer, rows);
    }
    return take();
  }

  private void status(Peer peer, Message.Status status) {
    peer.stands(status);
    peer.skewMillis = Timestamp.millisOf(status.wallTime() - clock.wallTime());
    clock.startAfter(status.folded()); // what is folded takes no older change any more
    if (!peer.isKnown && mayEnter(status)) {
      letIn(peer);
    }
    if (awaited != null && awaited.remove(peer.node)) {
      settleOrigin();
    }
    if (mustAdoptAnew(peer, status)) {
      takeOver(peer, true);
    }
    if (status.wantsAnswer()) {
      tell(peer, false);
    }
  }

  /**
   * Tells whether a replica has nothing that is both unknown here and older than what is folded.
   */
  private boolean mayEnter(Message.Status status) {
    return mine().covers(status.vector())
        || status.vector().covers(mine())
        || (mine().covers(status.adopted()) && table.stable() < status.since());
  }

  private void letIn(Peer peer) {
    peer.isKnown = true;
    peer.frontier = table.stable();
    peer.seen = table.stable();
    memorize();
  }

  /** Tells whether it is this replica that has to give up its past for the other's. */
  private boolean mustAdoptAnew(Peer peer, Message.Status status) {
    boolean mayEnter =
        status.vector().covers(mine())
            || mine().covers(status.vector())
            || (status.vector().covers(adopted) && status.folded() < since);
    boolean isShutOut = !status.knowsReceiver() && !mayEnter;
    return (isShutOut || isBeyondReach(peer))
        && takeover == null
        && awaited == null
        && isLesser(peer, status);
  }

  /** Tells which of two replicas yields where each has what the other cannot take. */
  private boolean isLesser(Peer peer, Message.Status status) {
    int company = company();
    return status.company() != company ? status.company() > company : peer.node > node;
  }

  /** Tells whether neither this replica nor the peer can get the other's changes any more. */
  private boolean isBeyondReach(Peer peer) {
    return peer.saysBeyond && !table.reachesBackTo(peer.vector);
  }

  private int company() {
    int company = 0;
    for (Peer peer : peers.values()) {
      company += peer.isCompanion() ? 1 : 0;
    }
    return company;
  }

  private void delta(Peer peer, Message.Delta delta) {
    boolean isAnswer = delta.isAnswer() && peer.equals(pulling);
    if (isAnswer) {
      pulling = null;
    }
    if (!peer.isKnown || peer.isAdopting() || isAdoptingAnew()) {
      return;
    }
    peer.has(delta.head());
    Table.Commit commit = table.receive(delta.after(), delta.pages());
    if (commit == null) {
      pull(peer);
      return;
    }
    peer.saysBeyond = false;
    if (!commit.entries().isEmpty()) {
      effects.add(new Effect.Deliver(commit));
    }
    if (isAnswer && !mine().covers(peer.vector)) {
      pull(peer);
    }
    peer.unacknowledgedBytes += delta.bytes();
    if (delta.isEager() || peer.unacknowledgedBytes > ACKNOWLEDGED_BYTES) {
      tell(peer, false);
    }
  }

  private void pull(Peer peer) {
    if (pulling == null && takeover == null) {
      pulling = peer;
      pulledAt = ticks.getAsLong();
      send(peer, new Message.Pull(mine()));
    }
  }

  private void pulled(Peer peer, Message.Pull pull) {
    if (!peer.isKnown || isAdoptingAnew()) {
      tell(peer, true);
      return;
    }
    peer.has(pull.covered());
    List<byte[]> pages = table.uncovered(pull.covered(), settings.pageBytes());
    send(
        peer,
        pages == null
            ? new Message.Beyond()
            : new Message.Delta(pull.covered(), pages, mine(), true, false));
  }

  private void beyond(Peer peer) {
    if (!peer.equals(pulling)) {
      return;
    }
    pulling = null;
    peer.saysBeyond = true;
    if (table.reachesBackTo(peer.vector)) {
      takeOver(peer, false);
    }
  }

  private void takeOver(Peer peer, boolean isAnew) {
    if (takeover == null && peer.isPresent) {
      pulling = null;
      takeover = new Takeover(peer, freshNumber.getAsLong(), isAnew, new Adopting());
      askRows(takeover);
    }
  }

  private void askRows(Takeover wanted) {
    wanted.adopting().askedAt = ticks.getAsLong();
    send(
        wanted.peer(),
        new Message.AskRows(wanted.reading(), wanted.adopting().nextPage, wanted.isAnew()));
  }

  private void rowsAsked(Peer peer, Message.AskRows ask) {
    if (isAdoptingAnew()) {
      return;
    }
    if (!peer.isKnown) {
      letIn(peer);
    }
    Message.Rows page = readings.page(peer.node, ask);
    if (page != null) {
      send(peer, page);
    }
  }

  private void rows(Peer peer, Message.Rows rows) {
    Takeover current = takeover;
    if (current == null
        || current.reading() != rows.reading()
        || current.adopting().nextPage != rows.page()) {
      return;
    }
    Adopting adopting = current.adopting();
    Adoption adoption = adopting.rows;
    if (adoption == null) {
      adoption = table.adopt(rows.covers());
      adopting.rows = adoption;
    }
    adoption.take(rows.rows());
    adopting.nextPage++;
    adopting.repeats = 0;
    if (!rows.isLast()) {
      askRows(current);
      return;
    }
    if (current.isAnew()) {
      finishAnew(peer, adoption, rows.covers());
    } else {
      adoption.finish();
    }
    adoption.close();
    takeover = null;
    peer.saysBeyond = false;
    peer.has(rows.covers());
    effects.add(
        new Effect.Reset("this node took over rows from another, whose journal is too short"));
    tellAll(true);
  }

  private void finishAnew(Peer peer, Adoption adoption, VersionVector theirs) {
    since = clock.promise();
    adopted = theirs;
    renew();
    adoption.finishAnew(peer.status == null ? 0 : peer.status.folded());
    letIn(peer);
  }

  private boolean isAdoptingAnew() {
    return takeover != null && takeover.isAnew();
  }

  /** Lets time pass. To be called several times in a heartbeat. */
  public List<Effect> tick() {
    long now = ticks.getAsLong();
    if (awaited != null && now >= awaitedUntil) {
      settleOrigin();
    }
    watchAnswers(now);
    for (Peer peer : peers.values()) {
      peer.compare(mine());
      if (peer.isKnown
          && peer.isPresent
          && !peer.isAdopting()
          && !mine().covers(peer.vectorBefore)) {
        pull(peer);
      }
      peer.vectorBefore = peer.vector;
    }
    forget();
    table.stableUntil(stable());
    table.fold(FOLDED_AT_ONCE);
    readings.tick();
    for (Peer peer : peers.values()) {
      boolean isDue = now - peer.toldAt >= settings.heartbeatMillis();
      if (peer.isPresent && (isDue || peer.unacknowledgedBytes > 0)) {
        tell(peer, false);
      }
    }
    return take();
  }

  private void watchAnswers(long now) {
    Peer asked = pulling;
    if (asked != null && now - pulledAt > settings.answerMillis()) {
      asked.lastError = "did not answer a pull within %d ms".formatted(settings.answerMillis());
      pulling = null;
    }
    Takeover current = takeover;
    if (current != null && now - current.adopting().askedAt > settings.answerMillis()) {
      if (current.adopting().repeats++ < MAX_REPEATS) {
        askRows(current);
      } else {
        giveUp(current.peer(), "does not send its rows");
      }
    }
  }

  private void giveUp(Peer peer, String reason) {
    if (peer.equals(pulling)) {
      pulling = null;
    }
    Takeover current = takeover;
    if (current != null && current.peer().equals(peer)) {
      peer.lastError = reason;
      Adoption rows = current.adopting().rows;
      if (rows != null) {
        rows.close();
      }
      takeover = null;
    }
    readings.close(peer.node);
  }

  private void forget() {
    long now = wallMillis();
    boolean hasForgotten = false;
    for (Peer peer : peers.values()) {
      if (peer.isKnown && !peer.isPresent && now - peer.heardMillis > settings.retentionMillis()) {
        peer.isKnown = false;
        peer.status = null;
        hasForgotten = true;
      }
    }
    if (hasForgotten || now - memorizedMillis > settings.retentionMillis() / 10) {
      memorize();
    }
  }

  /**
   * Returns the rank up to which every known replica has seen all changes, of which there can be no
   * more.
   */
  private long stable() {
    long stable = seen();
    for (Peer peer : peers.values()) {
      if (peer.isKnown) {
        stable = Math.min(stable, peer.seen);
      }
    }
    return Math.max(stable, table.stable());
  }

  /** Returns the rank up to which this replica has all changes of all that it knows. */
  private long seen() {
    long seen = clock.promise();
    for (Peer peer : peers.values()) {
      if (peer.isKnown) {
        seen = Math.min(seen, peer.frontier);
      }
    }
    return Math.max(0, seen - Timestamp.timeOfMillis(settings.graceMillis()));
  }

  /**
   * Chooses in whose name to write, once all have answered who can. Where a replica that might know
   * more of this node's past cannot be asked, or does know more, a fresh name is taken: what was
   * lost with the end of a journal is then fetched like any other node's changes, and nothing new
   * can be taken for it.
   */
  private void settleOrigin() {
    Set<Long> open = awaited;
    boolean isTimeUp = ticks.getAsLong() >= awaitedUntil;
    if (open == null || !(open.isEmpty() || isTimeUp)) {
      return;
    }
    awaited = null;
    long known = mine().timeOf(table.origin());
    boolean isSure = open.isEmpty();
    for (Peer peer : peers.values()) {
      boolean hasAnswered = peer.status != null;
      isSure &= hasAnswered || !peer.isKnown;
      isSure &= peer.vector.timeOf(table.origin()) <= known;
    }
    if (!isSure) {
      renew();
    }
  }

  private void renew() {
    table.renew(freshNumber.getAsLong());
    memorize();
  }

  private void memorize() {
    Map<Long, Long> known = new HashMap<>();
    for (Peer peer : peers.values()) {
      if (peer.isKnown) {
        known.put(peer.node, peer.heardMillis);
      }
    }
    memorizedMillis = wallMillis();
    table.remember(new Memory(table.origin(), since, adopted, known).encode());
  }

  private void tellAll(boolean wantsAnswer) {
    for (Peer peer : peers.values()) {
      if (peer.isPresent) {
        tell(peer, wantsAnswer);
      }
    }
  }

  private void tell(Peer peer, boolean wantsAnswer) {
    peer.toldAt = ticks.getAsLong();
    peer.unacknowledgedBytes = 0;
    send(
        peer,
        new Message.Status(
            table.origin(),
            mine(),
            clock.wallTime(),
            clock.promise(),
            seen(),
            table.stable(),
            since,
            adopted,
            isAdoptingAnew(),
            peer.isKnown,
            company(),
            wantsAnswer));
  }

  private void send(Peer peer, Message message) {
    effects.add(new Effect.Send(List.of(peer.node), message));
  }

  private Peer peer(long member) {
    return peers.computeIfAbsent(member, Peer::new);
  }

  private VersionVector mine() {
    return table.head().vector();
  }

  private long wallMillis() {
    return Timestamp.millisOf(clock.wallTime());
  }

  private List<Effect> take() {
    List<Effect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  /** Lets go of what is open, and keeps what must not be forgotten. */
  public void close() {
    for (Peer peer : peers.values()) {
      giveUp(peer, "this node stopped");
    }
    memorize();
  }

  /** Returns how many of the known replicas, in the order of their nodes, come before this one. */
  public int turn() {
    return (int) peers.values().stream().filter(peer -> peer.isKnown && peer.node < node).count();
  }

  /** Returns how many replicas are known, this one among them. */
  public int turns() {
    return 1 + (int) peers.values().stream().filter(peer -> peer.isKnown).count();
  }

  /** Returns what each peer that counts is known to have. */
  public List<VersionVector> peerVectors() {
    List<VersionVector> vectors = new ArrayList<>();
    for (Peer peer : peers.values()) {
      if (peer.isKnown) {
        vectors.add(peer.vector);
      }
    }
    return vectors;
  }

  /** Returns how this replica and its peers stand. */
  public ReplicaReport report() {
    List<ReplicaReport.PeerReport> reports = new ArrayList<>();
    for (Peer peer : peers.values()) {
      Message.Status status = peer.status;
      reports.add(
          new ReplicaReport.PeerReport(
              peer.node,
              peer.isPresent,
              peer.isKnown,
              status == null ? peer.node : status.origin(),
              peer.vector,
              peer.heardMillis,
              peer.skewMillis,
              table.countUncovered(peer.vector),
              peer.lastError));
    }
    return new ReplicaReport(table.origin(), mine(), reports);
  }
}
