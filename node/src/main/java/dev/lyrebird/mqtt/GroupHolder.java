package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hands out the messages of a group: one subscriber, whose place in the journals is the
 * group's. It takes no message for which no consumer has room; {@link ShareGroup} decides who gets
 * which, and the row of the group keeps how far it has come.
 *
 * <pre>
 *   New --first letter--> Opening --row read, tables placed--> Open --nobody left--> Closing
 *                                                               ^                      |   |
 *                                                               +--- somebody joins ---+   |
 *                                                                       row written --> Closed
 * </pre>
 *
 * <p>Owned by the event loop on which its first consumer came.
 */
final class GroupHolder implements Subscriber<GroupHolder.OfGroup> {

  private static final Logger log = LoggerFactory.getLogger(GroupHolder.class);

  private final SharedFilter filter;
  private final LoopGroups loopGroups;
  private final Groups groups;

  /** What came before the group was open. */
  private final List<Letter> early = new ArrayList<>(1);

  private Phase phase = Phase.NEW;

  /** Null before the row was read. */
  private @Nullable ShareGroup group;

  private @Nullable Member<OfGroup> member;

  /** When this holder took the group up, as entries tell the time. */
  private long openedAt;

  /** Whether the hub was told that there is no room, and waits to hear that there is again. */
  private boolean isStarved;

  /** Whether there is a row to be kept up or deleted. */
  private boolean hasRow;

  private boolean isWriting;
  private boolean isStale;

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
        read(from, letter);
        tell();
      }
      case CLOSED -> groups.tellHolder(filter, from, letter, loopGroups);
    }
  }

  private void open() {
    phase = Phase.OPENING;
    loopGroups.add(this);
    Tables tables = loopGroups.loop().tables();
    tables.read(tables.sessions(), GroupState.rowId(name()), this::found);
  }

  private void found(@Nullable Row row) {
    hasRow = row != null;
    GroupState state = row == null ? null : decode(row);
    openedAt = Timestamp.timeOfMillis(nowMillis());
    group = new ShareGroup(state, false);
    Tables tables = loopGroups.loop().tables();
    int[] touched = tables.touchedBy(filter.filter(), Protocol.MQTT);
    Cursor cursor = state == null ? null : cursor(state);
    boolean goesOn = cursor != null && tables.hub().knows(cursor, touched);
    Member<OfGroup> own = tables.hub().join(this);
    member = own;
    own.subscribe(
        new OfGroup(filter.filter()),
        touched,
        goesOn && cursor != null ? new Start.After(cursor) : new Start.Live());
    own.whenReached(this::opened);
  }

  private void opened() {
    phase = Phase.OPEN;
    List.copyOf(early).forEach(one -> read(one.from, one.letter));
    early.clear();
    tell();
  }

  private @Nullable GroupState decode(Row row) {
    try {
      return GroupStateCodec.decode(row.payload().bytes());
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("group", name())
          .addKeyValue("reason", e.getMessage())
          .log("A group cannot be read and begins anew");
      return null;
    }
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
      case GroupLetter.Gone _ -> own.lose(from, nowMillis());
    }
  }

  /** Tells consumers what is to be told, stores what is to be stored, and reads on. */
  private void tell() {
    groups.tellConsumers(name(), group().effects());
    isStale = true;
    if (group().isEmpty()) {
      close();
    } else if (group().owes()) {
      save(true);
    }
    if (isStarved && phase == Phase.OPEN && group().hasAmpleRoom()) {
      isStarved = false;
      Objects.requireNonNull(member).resume();
    }
  }

  /** Lets the row catch up with the group. */
  void saveIfStale() {
    if (isStale && phase == Phase.OPEN) {
      save(true);
    }
  }

  /** Lets a second pass. */
  void everySecond() {
    if (phase == Phase.OPEN) {
      group().everySecond(nowMillis());
      groups.tellConsumers(name(), group().effects()); // which changes nothing in the row
    }
  }

  private void close() {
    if (phase == Phase.OPEN && !isWriting) {
      phase = Phase.CLOSING;
      save(false);
    }
  }

  /** Writes the row, one write at a time; a group that is not kept has none. */
  private void save(boolean isOpen) {
    if (isWriting) {
      return;
    }
    isWriting = true;
    isStale = false;
    GroupState state = group().store(groups.self(), isOpen, reached());
    if (group().isKept()) {
      hasRow = true;
      write(
          new Write(
              Write.Kind.PUT,
              GroupState.rowId(name()),
              Payload.of(GroupStateCodec.encode(state)),
              0,
              0,
              state.endsAtMillis(),
              null));
    } else if (hasRow) {
      hasRow = false;
      write(Write.delete(GroupState.rowId(name())));
    } else {
      saved(null);
    }
  }

  private void write(Write write) {
    Tables tables = loopGroups.loop().tables();
    tables.write(
        tables.sessions(),
        write,
        Condition.NONE,
        Confirmation.NOT_AWAITED,
        (outcome, token) -> saved(outcome instanceof Outcome.Refused(var refusal) ? refusal : null),
        0);
  }

  private void saved(@Nullable Refusal refusal) {
    isWriting = false;
    if (refusal == null) {
      group().stored();
    } else {
      group().notStored();
      isStale = true;
      log.atWarn()
          .addKeyValue("group", name())
          .addKeyValue("reason", refusal.detail())
          .log("How far a group has come cannot be stored");
    }
    if (phase == Phase.CLOSING && group().isEmpty()) {
      closed();
      return;
    }
    phase = Phase.OPEN;
    groups.tellConsumers(name(), group().effects());
    if (group().isEmpty()) {
      close();
    } else if (group().owes() && refusal == null) {
      save(true);
    }
  }

  private void closed() {
    phase = Phase.CLOSED;
    Objects.requireNonNull(member).leave();
    loopGroups.remove(this);
    groups.vacate(this);
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
  public void deliver(Event event, List<OfGroup> subscriptions) {
    Write write = event.entry().change().write();
    boolean isExpired = write.expiresAtMillis() != 0 && write.expiresAtMillis() < nowMillis();
    if (event.isCurrent() || event.place() == null || isExpired) {
      return;
    }
    int key = loopGroups.loop().tables().hub().channel(event.table()).cursorKey();
    boolean isOld = event.entry().localTime() < openedAt;
    group().take(new GroupMessage(key, event.topic(), event.entry(), event.place()), isOld);
  }

  @Override
  public void flush() {
    if (phase != Phase.CLOSED) {
      tell();
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
