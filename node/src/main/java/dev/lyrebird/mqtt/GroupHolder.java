package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.mqtt.GroupLetter.ToHolder;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.pubsub.Subscription;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hands out the messages of a group: one subscriber, whose place in the journals is the
 * group's. It takes no message for which no consumer has room; {@link ShareGroup} decides who gets
 * which, and the row of the group keeps how far it has come.
 *
 * <pre>
 *   New --first letter--> Opening --claimed, row read, all consumers called--> Open
 *                                                                             |    ^
 *                            nobody left, another claims the group, node ends |    | somebody joins
 *                                                                             v    |
 *                                                 Closed <--row written-- Closing -+
 * </pre>
 *
 * <p>Owned by one event loop.
 */
final class GroupHolder implements Subscriber<GroupHolder.OfGroup>, ClientIds.Holder {

  private static final Logger log = LoggerFactory.getLogger(GroupHolder.class);

  /** How long the consumers of other nodes are waited for. */
  private static final int MAX_OPENING_SECONDS = 3;

  /** How often the row is written at least, that it does not end while its holder is there. */
  private static final int ROW_SECONDS = 120;

  private final SharedFilter filter;
  private final LoopGroups loopGroups;
  private final Groups groups;

  /** What came before the group was open. */
  private final List<Letter> early = new ArrayList<>(1);

  /** Nodes whose consumers have not all joined. */
  private final Set<Long> uncounted = new HashSet<>();

  private Phase phase = Phase.NEW;

  private Timestamp claim = Timestamp.NONE;

  /** What was stored last, by this holder or an earlier one; null for nothing. */
  private @Nullable GroupState known;

  /** Null before the row was read, as is the group. */
  private @Nullable GroupRow row;

  private @Nullable ShareGroup group;

  private @Nullable Member<OfGroup> member;

  /** When this holder took the group up, as entries tell the time. */
  private long openedAt;

  /** Whether the hub was told that there is no room, and waits to hear that there is again. */
  private boolean isStarved;

  /** Whether the member knows its place in every table. */
  private boolean isPlaced;

  /** Whether the row tells less than is so. */
  private boolean isStale;

  /** Whether the group is let go though it has consumers. */
  private boolean isLeaving;

  /** Who is to be handed what is left; null where nobody waits for it. */
  private @Nullable Consumer<@Nullable Handover> successor;

  /** Seconds since the opening began, or the row was written. */
  private int seconds;

  private enum Phase {
    NEW,
    OPENING,
    OPEN,
    CLOSING,
    CLOSED
  }

  private record Letter(ConsumerId from, ToHolder letter) {}

  /** What the group subscribes to. */
  record OfGroup(TopicFilter filter) implements Subscription {}

  GroupHolder(SharedFilter filter, LoopGroups loopGroups, Groups groups) {
    this.filter = filter;
    this.loopGroups = loopGroups;
    this.groups = groups;
  }

  /** Returns the whole filter of the group. */
  String name() {
    return filter.text();
  }

  /** Runs something on the event loop of this holder. */
  void execute(Runnable task) {
    loopGroups.execute(task);
  }

  /** Takes a letter of a consumer; on the event loop of this holder. */
  void take(ConsumerId from, ToHolder letter) {
    switch (phase) {
      case NEW -> {
        early.add(new Letter(from, letter));
        open();
      }
      case OPENING -> early.add(new Letter(from, letter));
      case OPEN, CLOSING -> {
        if (!isLeaving) { // who leaves has told how the group stands
          read(from, letter);
          changed();
        }
      }
      case CLOSED -> groups.deliver(filter, from, letter);
    }
  }

  private void open() {
    phase = Phase.OPENING;
    loopGroups.add(this);
    clientIds().claim(claimId(), this, granted -> execute(() -> claimed(granted)));
  }

  private void claimed(ClientIds.Granted granted) {
    claim = granted.stamp();
    known = granted.handedOver() instanceof GroupState left ? left : null;
    if (phase == Phase.OPENING) {
      LatestRow.read(loopGroups.loop().tables().groups(), name(), loopGroups.loop(), this::found);
    }
  }

  private void found(byte @Nullable [] bytes, boolean isHere) {
    if (phase != Phase.OPENING) {
      return;
    }
    Tables tables = loopGroups.loop().tables();
    row = new GroupRow(name(), tables, isHere);
    if (known == null && bytes != null) {
      known = GroupRow.decode(name(), bytes);
    }
    GroupState state = known;
    openedAt = Timestamp.timeOfMillis(nowMillis());
    group = new ShareGroup(state, groups.isClustered(), backlog(state));
    int[] touched = tables.touchedBy(filter.filter(), Protocol.MQTT);
    Cursor cursor = state == null ? null : cursor(state);
    boolean goesOn = cursor != null && tables.hub().knows(cursor, touched);
    Member<OfGroup> own = tables.hub().join(this);
    member = own;
    own.subscribe(
        new OfGroup(filter.filter()),
        touched,
        goesOn && cursor != null ? new Start.After(cursor) : new Start.Live());
    seconds = 0;
    uncounted.addAll(groups.callRoll(this));
    own.whenReached(() -> {
      isPlaced = true;
      openIfReady();
    });
  }

  /** What came while no client was there is kept within limits. */
  private @Nullable Backlog backlog(@Nullable GroupState state) {
    return state != null && !state.isUsed()
        ? new Backlog(loopGroups.loop().broker().sessionLimits(), nowMillis())
        : null;
  }

  /** All consumers of a node have joined. */
  void counted(long node) {
    uncounted.remove(node);
    openIfReady();
  }

  /** A node is gone, with its consumers. */
  void left(long node) {
    early.removeIf(letter -> letter.from.node() == node);
    counted(node);
    if (phase == Phase.OPEN && !isLeaving) {
      group().loseAllBut(groups.nodes(), nowMillis());
      changed();
    }
  }

  private void openIfReady() {
    if (phase != Phase.OPENING || !isPlaced || !uncounted.isEmpty()) {
      return;
    }
    phase = Phase.OPEN;
    seconds = 0;
    List.copyOf(early).forEach(one -> read(one.from, one.letter));
    early.clear();
    group().everybodyIsHere(nowMillis());
    changed();
  }

  private static Cursor cursor(GroupState state) {
    TreeMap<Integer, VersionVector> acked = new TreeMap<>();
    state.places().forEach(place -> acked.put(place.table(), place.acked()));
    return new Cursor(acked);
  }

  private void read(ConsumerId from, ToHolder letter) {
    ShareGroup own = group();
    switch (letter) {
      case GroupLetter.Join join -> own.join(from, join, nowMillis());
      case GroupLetter.Done done -> own.done(from, done.names(), nowMillis());
      case GroupLetter.Retire retire -> own.retire(from, retire);
      case GroupLetter.Leave leave -> own.leave(from, leave);
      case GroupLetter.SessionEnded(var clientId) -> own.endSession(clientId);
      case GroupLetter.Gone _ -> own.lose(from, nowMillis());
    }
  }

  /** Something has changed. */
  private void changed() {
    isStale = true;
    tell();
  }

  /** Tells consumers what is to be told, stores what is to be stored, and reads on. */
  private void tell() {
    groups.tellConsumers(name(), group().effects());
    if (phase == Phase.OPEN && group().isEmpty()) {
      close();
    } else if (phase == Phase.OPEN && group().owes()) {
      save();
    }
    if (isStarved && phase == Phase.OPEN && group().hasAmpleRoom()) {
      isStarved = false;
      Objects.requireNonNull(member).resume();
    }
  }

  /** Lets the row catch up with the group. */
  void saveIfStale() {
    if (isStale && phase == Phase.OPEN) {
      save();
    }
  }

  /** Lets a second pass. */
  void everySecond() {
    seconds++;
    if (phase == Phase.OPENING && seconds >= MAX_OPENING_SECONDS && !uncounted.isEmpty()) {
      log.atWarn()
          .addKeyValue("group", name())
          .addKeyValue("nodes", uncounted.size())
          .log("A group is taken up though nodes have not told which clients of theirs are in it");
      uncounted.clear();
      openIfReady();
    }
    if (phase == Phase.OPEN) {
      isStale |= seconds >= ROW_SECONDS;
      group().loseAllBut(groups.nodes(), nowMillis()); // whose letters came after they had left
      group().everySecond(nowMillis());
      tell();
    }
  }

  /** Another node claims the group. */
  @Override
  public void makeWay(Consumer<@Nullable Handover> gone) {
    execute(() -> {
      successor = gone;
      leave();
    });
  }

  /** Nobody takes the row of a group over without its holder. */
  @Override
  public void restore() {}

  /** Lets the group go, to whoever its other consumers turn to; done at once or a little later. */
  void leave() {
    isLeaving = true;
    switch (phase) {
      case NEW, OPENING -> closed();
      case OPEN -> close();
      case CLOSING -> {} // what is being written, or written next, tells how the group stands
      case CLOSED -> handOver();
    }
  }

  private void close() {
    phase = Phase.CLOSING;
    save();
  }

  /** Writes the row, one write at a time. A group that nobody would go on with has none. */
  private void save() {
    if (row().isWriting()) {
      return;
    }
    boolean isOpen = phase == Phase.OPEN;
    boolean isAwaited = group().owes() || (isLeaving && successor == null);
    isStale = false;
    seconds = 0;
    GroupState state = group().store(claim, isOpen, reached());
    known = state;
    if (group().isKept()) {
      row()
          .put(
              state,
              nowMillis(),
              isAwaited ? Confirmation.BY_ALL : Confirmation.NOT_AWAITED,
              isStored -> saved(isOpen, isStored));
    } else {
      row().delete(isStored -> saved(isOpen, isStored));
    }
  }

  private void saved(boolean wasOpen, boolean isStored) {
    if (isStored) {
      group().stored();
    } else {
      group().notStored();
      isStale = true;
    }
    boolean isUsed = !isLeaving && !group().isEmpty();
    if (phase == Phase.CLOSING && isUsed) {
      phase = Phase.OPEN;
      isStale = true;
    } else if (phase == Phase.CLOSING && isStored && (wasOpen || isStale)) {
      save();
      return;
    } else if (phase == Phase.CLOSING) {
      closed();
      return;
    }
    groups.tellConsumers(name(), group().effects());
    if (!isUsed) {
      close();
    } else if (group().owes() && isStored) {
      save();
    }
  }

  private void closed() {
    phase = Phase.CLOSED;
    if (member != null) {
      member.leave();
    }
    loopGroups.remove(this);
    groups.vacate(this);
    clientIds().release(claimId(), this);
    handOver();
  }

  private void handOver() {
    if (successor != null) {
      successor.accept(known);
      successor = null;
    }
  }

  private String claimId() {
    return GroupState.claimId(name());
  }

  private ClientIds clientIds() {
    return loopGroups.loop().broker().clientIds();
  }

  private Map<Integer, VersionVector> reached() {
    Map<Integer, VersionVector> reached = new HashMap<>();
    Objects.requireNonNull(member)
        .reached((table, vector) ->
            reached.put(loopGroups.loop().tables().hub().channel(table).cursorKey(), vector));
    return reached;
  }

  private ShareGroup group() {
    return Objects.requireNonNull(group);
  }

  private GroupRow row() {
    return Objects.requireNonNull(row);
  }

  private long nowMillis() {
    return loopGroups.loop().broker().clock().millis();
  }

  @Override
  public boolean isWritable() {
    boolean hasRoom = phase == Phase.OPEN && group().hasRoom();
    isStarved |= !hasRoom;
    return hasRoom;
  }

  /** A shared subscription gets no retained messages, only what is published. */
  @Override
  public boolean keepsRows() {
    return false;
  }

  @Override
  public void deliver(Event event, List<OfGroup> subscriptions) {
    Write write = event.entry().change().write();
    boolean isExpired = write.expiresAtMillis() != 0 && write.expiresAtMillis() < nowMillis();
    if (event.isCurrent() || event.place() == null || isExpired) {
      return;
    }
    Entry entry = event.entry();
    int key = loopGroups.loop().tables().hub().channel(event.table()).cursorKey();
    long madeAt = Math.min(entry.localTime(), entry.change().timestamp().time());
    GroupMessage message = new GroupMessage(key, event.topic(), entry, event.place());
    if (!group().take(message, madeAt < openedAt, nowMillis())) {
      loopGroups.loop().broker().counters().add(Count.QUEUE_DROPPED, 1);
    }
  }

  @Override
  public void flush() {
    if (phase == Phase.OPEN) {
      changed();
    }
  }

  @Override
  public void caughtUp(OfGroup subscription) {
    // Nobody waits for it.
  }

  @Override
  public void reset(String reason) {
    loopGroups.loop().broker().counters().add(Count.RESETS, 1);
  }
}
