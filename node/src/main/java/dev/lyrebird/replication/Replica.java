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
import java.util.TreeSet;
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

  /**
   * How long the end of a row is awaited from the node whose affair it is. Where that takes longer,
   * the others end it as well, which costs them entries and tells nobody twice.
   */
  private static final long EXPIRY_GRACE_MILLIS = 500;

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

  /** A rank that is not before any up to which this replica has said to have all changes. */
  private long claimed;

  /** Whether rows of another replica have been taken over in part. */
  private boolean isTorn;

  /** Those whose answer the choice of an origin waits for; null once it is made. */
  private @Nullable Set<Long> awaited;

  private boolean hasStarted;

  private long awaitedUntil;

  /** Who was asked for changes and has not answered yet. */
  private @Nullable Peer pulling;

  private long pulledAt;
  private @Nullable Takeover takeover;
  private long memorizedAt;

  private List<Effect> effects = new ArrayList<>();

  /** Rows of a peer on their way here. */
  private record Takeover(Peer peer, long reading, boolean isAnew, Adopting adopting) {}

  /** What has come so far. */
  private static final class Adopting {
    @Nullable Adoption rows;
    VersionVector covers = VersionVector.EMPTY;
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
      claimed = memory.claimed();
      isTorn = memory.isTorn();
      table.renew(memory.origin());
      memory
          .known()
          .forEach((known, heardMillis) -> {
            Peer peer = peer(known);
            peer.isKnown = true;
            peer.heardMillis = heardMillis;
            peer.heardAt = ticks.getAsLong() - silentMillis(heardMillis);
          });
    }
    table.stableUntil(0);
  }

  /** Returns for how long a peer has been silent, as far as a wall clock can tell: not too long. */
  private long silentMillis(long heardMillis) {
    long leastLeft = Math.min(settings.graceMillis(), settings.retentionMillis());
    return Math.clamp(wallMillis() - heardMillis, 0, settings.retentionMillis() - leastLeft);
  }

  /**
   * Begins. Until {@link #isReady} this node's writes must wait.
   *
   * @param members the node ids of the members that are there
   */
  public List<Effect> start(Collection<Long> members) {
    hasStarted = true;
    awaited = new HashSet<>(members);
    awaitedUntil = ticks.getAsLong() + settings.answerMillis();
    for (long member : members) {
      peer(member).isPresent = true;
      tell(peer(member), false, true);
    }
    settleOrigin();
    return take();
  }

  /** Tells whether this node may write. */
  public boolean isReady() {
    return hasOrigin() && !isAdoptingAnew();
  }

  /** Tells whether it is chosen in whose name this node writes. */
  private boolean hasOrigin() {
    return hasStarted && awaited == null;
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
   * Returns up to which end it is for this node to remove rows whose latest change is of an origin,
   * in ms since the epoch. The node that made the change does, by its own clock, by which it has
   * set the end, and of rows whose maker is gone the first node that is there; the others only
   * where they wait for that in vain.
   */
  public long expiresUntil(long origin) {
    long now = wallMillis();
    if (origin == table.origin()) {
      return now;
    }
    boolean isFirst = true;
    for (Peer peer : peers.values()) {
      if (peer.isCompanion(node)) {
        if (peer.isOrigin(origin)) {
          return now + Math.min(0, peer.skewMillis) - EXPIRY_GRACE_MILLIS;
        }
        isFirst &= node < peer.node;
      }
    }
    return isFirst ? now : now - EXPIRY_GRACE_MILLIS;
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
      if (peer.isCompanion(node) && peer.hasRoom(settings.pushBytes())) {
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
    tell(peer, false, true);
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
    peer.heardAt = ticks.getAsLong();
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
    if (beginsAnew(peer, status)) {
      peer.isKnown = false; // it may have come to belong to others
    }
    peer.stands(status);
    peer.skewMillis = Timestamp.millisOf(status.wallTime() - clock.wallTime());
    clock.startAfter(status.folded()); // what is folded takes no older change any more
    if (!peer.isKnown && (hasBegunAnew(peer, status) || mayEnter(peer, status))) {
      letIn(peer);
    }
    if (awaited != null && status.isAnswer() && awaited.remove(peer.node)) {
      settleOrigin(); // only an answer is sure to know all that an earlier process here has sent
    }
    if (mustYield(peer, status)) {
      takeOver(peer, isShutOut(peer, status));
    }
    if (status.wantsAnswer()) {
      tell(peer, true, false);
    }
  }

  /**
   * Tells whether nothing can come from a replica, now or later, that is both unknown here and
   * older than what is folded: nothing is folded, or it belongs to those from whom changes come
   * anyway, or what it has is new and it gets nothing from strangers.
   */
  private boolean mayEnter(Peer peer, Message.Status status) {
    long folded = folded();
    return folded == 0
        || isFamiliar(peer.node)
        || (isNews(status.vector(), status.adopted(), status.since(), mine(), folded)
            && status.known().stream().allMatch(known -> known == node || isFamiliar(known)));
  }

  /** Tells whether a replica is known here, or to one of those that are known. */
  private boolean isFamiliar(long replica) {
    return peers.values().stream()
        .anyMatch(peer -> (peer.isKnown && peer.node == replica) || peer.isCompanion(replica));
  }

  /** Tells whether all that one replica has and another has not is later than the other folded. */
  private static boolean isNews(
      VersionVector vector,
      VersionVector adopted,
      long since,
      VersionVector there,
      long foldedThere) {
    return there.covers(vector) || (there.covers(adopted) && foldedThere <= since);
  }

  /** Tells whether the peer will let this replica in, as far as that can be told from here. */
  private boolean mayEnterThere(Message.Status status) {
    Set<Long> known = known();
    return status.folded() == 0
        || status.known().contains(node)
        || known.stream().anyMatch(one -> status.known().contains(one) && isFriend(one))
        || (isNews(mine(), adopted, since, status.vector(), status.folded())
            && known.stream().allMatch(one -> status.known().contains(one)));
  }

  /** Tells whether a replica is known here and knows this one. */
  private boolean isFriend(long replica) {
    Peer peer = peers.get(replica);
    return peer != null && peer.isCompanion(node);
  }

  private Set<Long> known() {
    Set<Long> known = new TreeSet<>();
    for (Peer peer : peers.values()) {
      if (peer.isKnown) {
        known.add(peer.node);
      }
    }
    return known;
  }

  /** Tells whether a peer has given up its past since it was heard last. */
  private static boolean beginsAnew(Peer peer, Message.Status status) {
    Message.Status before = peer.status;
    return before != null && before.since() != status.since();
  }

  /** Tells whether a replica has taken over the rows from here with which it was to begin anew. */
  private boolean hasBegunAnew(Peer peer, Message.Status status) {
    VersionVector entering = peer.entering;
    if (entering == null || status.isAdopting()) {
      return false;
    }
    peer.entering = null;
    return status.adopted().covers(entering);
  }

  private void letIn(Peer peer) {
    peer.isKnown = true;
    waitFor(peer);
    memorize();
  }

  private void waitFor(Peer peer) {
    peer.frontier = table.stable();
    peer.seen = table.stable();
  }

  /** Tells whether it is this replica that has to take over the other's rows, and not the other. */
  private boolean mustYield(Peer peer, Message.Status status) {
    return ((isShutOut(peer, status) && !willBeMet(status)) || isBeyondReach(peer))
        && takeover == null
        && hasOrigin()
        && !status.isAdopting()
        && isLesser(peer, status);
  }

  /**
   * Tells whether all others that a replica knows are its company, and one of them is a friend of
   * this one. It is for that one to say who belongs to whom: once it is met it makes the two
   * familiar, or has forgotten this replica. To yield before would give up what nobody has
   * forgotten.
   */
  private boolean willBeMet(Message.Status status) {
    Set<Long> others = new TreeSet<>(status.known());
    others.remove(node);
    return others.size() == status.company()
        && others.stream().map(peers::get).anyMatch(this::seemsToKnowThis);
  }

  /** Tells whether a replica is known here and has not said that it does not know this one. */
  private boolean seemsToKnowThis(@Nullable Peer peer) {
    return peer != null
        && peer.isKnown
        && (peer.status == null || peer.status.known().contains(node));
  }

  /** Tells whether changes pass between two replicas only once one has given up its past. */
  private boolean isShutOut(Peer peer, Message.Status status) {
    return !peer.isKnown || !mayEnterThere(status);
  }

  /** Tells which of two replicas yields where one has what the other cannot take. */
  private boolean isLesser(Peer peer, Message.Status status) {
    if (status.vector().covers(mine()) || mine().covers(status.vector())) {
      return !mine().covers(status.vector()); // nothing is lost if the one yields that has less
    }
    int company = company();
    if (status.company() != company) {
      return status.company() > company;
    }
    return status.since() != since ? status.since() < since : peer.node > node;
  }

  /**
   * Tells whether neither this replica nor the peer can get the other's changes any more. Once one
   * has taken over the rows of the other, the other's journal reaches back to what it lacks.
   */
  private boolean isBeyondReach(Peer peer) {
    return peer.saysBeyond && !table.reachesBackTo(peer.vector);
  }

  private int company() {
    int company = 0;
    for (Peer peer : peers.values()) {
      company += peer.isCompanion(node) ? 1 : 0;
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
    boolean hasBroughtSome = isAnswer && !delta.pages().isEmpty();
    if (hasBroughtSome && !mine().covers(peer.vector)) {
      pull(peer);
    }
    peer.unacknowledgedBytes += delta.bytes();
    if (delta.isEager() || peer.unacknowledgedBytes > ACKNOWLEDGED_BYTES) {
      tell(peer, false, false);
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
      tell(peer, false, true);
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
    if (takeover == null && hasOrigin() && peer.isPresent) {
      pulling = null;
      takeover = new Takeover(peer, freshNumber.getAsLong(), isAnew, new Adopting());
      if (isAnew) {
        table.stableUntil(0); // what was stable without the others is not so with them
      }
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
    Message.Rows page = readings.page(peer.node, ask, folded());
    if (page != null) {
      if (ask.isAnew()) {
        waitFor(peer);
        peer.entering = page.covers();
      }
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
      isTorn = true;
      memorize();
      adoption = table.adopt(rows.covers());
      adopting.rows = adoption;
      adopting.covers = rows.covers();
    } else if (!adopting.covers.equals(rows.covers())) {
      giveUp(peer, "has begun its reading of rows anew");
      return;
    }
    adoption.take(rows.rows());
    adopting.nextPage++;
    adopting.repeats = 0;
    if (!rows.isLast()) {
      askRows(current);
      return;
    }
    if (current.isAnew()) {
      finishAnew(peer, adoption, rows.folded());
    } else {
      adoption.finish();
    }
    isTorn = false;
    memorize();
    adoption.close();
    takeover = null;
    peer.saysBeyond = false;
    peer.has(rows.covers());
    effects.add(
        new Effect.Reset("this node took over rows from another, whose journal is too short"));
    tellAll(true);
  }

  /** The past is given up in the last step: before that this replica must not seem to be new. */
  private void finishAnew(Peer peer, Adoption adoption, long folded) {
    renew();
    adoption.finishAnew(folded);
    since = clock.promise();
    adopted = mine();
    for (Peer former : peers.values()) {
      former.isKnown = false;
    }
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
    claim();
    if (!isAdoptingAnew()) {
      table.stableUntil(stable());
      table.fold(FOLDED_AT_ONCE);
    }
    readings.tick();
    for (Peer peer : peers.values()) {
      boolean isDue = now - peer.toldAt >= settings.heartbeatMillis();
      if (peer.isPresent && (isDue || peer.unacknowledgedBytes > 0)) {
        tell(peer, false, awaited != null);
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
      mend();
    }
    readings.close(peer.node);
    peer.entering = null;
  }

  /** What came of another replica's rows is from now on what this one has written. */
  private void mend() {
    if (isTorn && hasOrigin()) {
      table.writeAgainWhatIsStray();
      isTorn = false;
      memorize();
      effects.add(new Effect.Reset("rows of another node came in part"));
    }
  }

  private void forget() {
    long now = ticks.getAsLong();
    boolean hasForgotten = false;
    for (Peer peer : peers.values()) {
      if (peer.isAwaited() && !peer.isPresent && now - peer.heardAt > settings.retentionMillis()) {
        peer.isKnown = false;
        peer.entering = null;
        peer.status = null;
        hasForgotten = true;
      }
    }
    if (hasForgotten || now - memorizedAt > settings.retentionMillis() / 10) {
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
      if (peer.isAwaited()) {
        stable = Math.min(stable, peer.seen);
      }
    }
    return stable < since ? table.stable() : Math.max(stable, table.stable());
  }

  /** Notes up to where this replica is about to say that it has all changes. */
  private void claim() {
    long seen = seen();
    if (seen > claimed) {
      claimed = seen + Timestamp.timeOfMillis(settings.graceMillis() / 2);
      memorize();
    }
  }

  /**
   * Returns the rank up to which rows may have forgotten how they came about, here or at a replica
   * that gets changes from here: none of those folds what this one has not claimed to have. Before
   * it began, this replica had nothing that it could forget.
   */
  private long folded() {
    long folded = claimed <= since ? 0 : claimed;
    for (Peer peer : peers.values()) {
      Message.Status last = peer.status;
      if (peer.isKnown && last != null) {
        folded = Math.max(folded, last.folded());
      }
    }
    return folded;
  }

  /**
   * Returns the rank up to which this replica has all changes of all that it knows. One that has
   * nothing and knows nobody says nothing of the time since it began: it has nothing to fold, and
   * may yet meet those who have something old.
   */
  private long seen() {
    long seen = isBlank() ? Math.min(since, clock.promise()) : clock.promise();
    for (Peer peer : peers.values()) {
      if (peer.isAwaited()) {
        seen = Math.min(seen, peer.frontier);
      }
    }
    return Math.max(0, seen - Timestamp.timeOfMillis(settings.graceMillis()));
  }

  /** Tells whether this replica is like one that has just been made, whenever that was. */
  private boolean isBlank() {
    return mine().size() == 0 && !isTorn && peers.values().stream().noneMatch(Peer::isAwaited);
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
    if (isSure) {
      clock.startAfter(known);
    } else {
      renew();
    }
    mend();
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
    memorizedAt = ticks.getAsLong();
    table.remember(new Memory(table.origin(), since, adopted, claimed, isTorn, known).encode());
  }

  private void tellAll(boolean wantsAnswer) {
    for (Peer peer : peers.values()) {
      if (peer.isPresent) {
        tell(peer, false, wantsAnswer);
      }
    }
  }

  private void tell(Peer peer, boolean isAnswer, boolean wantsAnswer) {
    claim();
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
            folded(),
            since,
            adopted,
            isAdoptingAnew(),
            known(),
            company(),
            isAnswer,
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

  /** Returns what each peer is known to have. */
  public List<PeerProgress> progress() {
    List<PeerProgress> progress = new ArrayList<>(peers.size());
    for (Peer peer : peers.values()) {
      progress.add(new PeerProgress(peer.node, peer.isPresent, peer.isKnown, peer.vector));
    }
    return progress;
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
