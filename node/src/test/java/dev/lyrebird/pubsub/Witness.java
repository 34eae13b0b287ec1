package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A subscriber that believes nothing: it holds all it is told against the tables themselves. */
final class Witness implements Subscriber<Witness.Want> {

  /** A subscription; the number tells it from an earlier one with the same filter. */
  record Want(TopicFilter filter, int number) implements Subscription {}

  /** A place to go on from, and what was wanted there. */
  record Standing(Cursor cursor, List<TopicFilter> filters) {}

  private final Hub hub;
  private final List<SimulatedTable> tables;
  private final Member<Want> member;
  private final Map<Want, Map<Integer, Story>> stories = new LinkedHashMap<>();
  private final Set<Want> behind = new HashSet<>();

  /** Those that went on from a cursor. */
  private final Set<Want> comeBack = new HashSet<>();

  private final Map<Integer, Long> lastPositions = new HashMap<>();
  private Runnable whileCalled = () -> {};
  private @Nullable Standing standing;
  private int wantsEver;
  private int room;
  private boolean hasLeft;
  private boolean hasUnflushed;

  /** How often it was told that something is lost, and how often a table had lost it before. */
  private int resets;

  private final int lossesBefore;

  Witness(Hub hub, List<SimulatedTable> tables) {
    this.hub = hub;
    this.tables = tables;
    this.member = hub.join(this);
    this.lossesBefore = losses();
  }

  private int losses() {
    return tables.stream().mapToInt(SimulatedTable::losses).sum();
  }

  // What the simulation makes it do.

  /** Names what it does whenever the hub calls it. */
  void whileCalled(Runnable whileCalled) {
    this.whileCalled = whileCalled;
  }

  void subscribe(TopicFilter filter, int[] touched, Start start) {
    Want want = new Want(filter, ++wantsEver);
    Map<Integer, Story> told = new LinkedHashMap<>();
    for (int table : touched) {
      told.put(table, story(table, filter, start));
    }
    forget(filter);
    stories.put(want, told);
    forgetUntouchedTables();
    behind.add(want);
    if (start instanceof Start.After) {
      comeBack.add(want);
    }
    member.subscribe(want, touched, start);
    told.forEach((table, story) -> story.mayBeginWith(tables.get(table).attachment()));
  }

  private Story story(int table, TopicFilter filter, Start start) {
    SimulatedTable of = tables.get(table);
    return switch (start) {
      case Start.Current() -> Story.withRows(of, filter);
      case Start.Live() -> Story.live(of, filter, hub.seenOrNull(table));
      case Start.After(var cursor) -> {
        VersionVector covered = cursor.vector(of.channel().cursorKey());
        yield Story.after(of, filter, covered == null ? VersionVector.EMPTY : covered);
      }
      case Start.CurrentAfter _, Start.Since _, Start.Previous _ ->
          throw new IllegalArgumentException("no story begins so: see HubTest");
    };
  }

  void unsubscribe(TopicFilter filter) {
    boolean was = forget(filter);
    forgetUntouchedTables();
    assertEquals(was, member.unsubscribe(filter));
  }

  private boolean forget(TopicFilter filter) {
    behind.removeIf(want -> want.filter().equals(filter));
    return stories.keySet().removeIf(want -> want.filter().equals(filter));
  }

  /** A table that no subscription touches any more may be read again from an earlier place. */
  private void forgetUntouchedTables() {
    lastPositions
        .keySet()
        .removeIf(table -> stories.values().stream().noneMatch(told -> told.containsKey(table)));
  }

  void leave() {
    hasLeft = true;
    member.leave();
  }

  /** Makes room for some events, or for none. */
  void makeRoom(int events) {
    room = events;
    if (!hasLeft && events > 0) {
      member.resume();
    }
  }

  boolean hasLeft() {
    return hasLeft;
  }

  List<TopicFilter> filters() {
    return stories.keySet().stream().map(Want::filter).toList();
  }

  /** Returns where it could go on on another node, or null where it cannot. */
  @Nullable Standing standing() {
    return standing;
  }

  // What the hub tells it.

  @Override
  public boolean isWritable() {
    return room > 0;
  }

  @Override
  public boolean keepsRows() {
    return true;
  }

  @Override
  public void deliver(Event event, List<Want> wants) {
    assertFalse(hasLeft, "told after it had left");
    assertTrue(room > 0, "told without room");
    assertFalse(wants.isEmpty());
    assertEquals(wants.size(), Set.copyOf(wants).size(), "a subscription told twice at once");
    room--;
    hasUnflushed = true;
    SimulatedTable table = tables.get(event.table());
    assertEquals(table.channel().topic(event.entry().id()), event.topic());
    if (event.isCurrent()) {
      assertEquals(1, wants.size());
      story(wants.getFirst(), event).row(row(event.entry().change()));
    } else {
      long position = event.entry().position();
      assertEquals(table.entry((int) position), event.entry());
      Long before = lastPositions.put(event.table(), position);
      assertTrue(before == null || before < position, "told twice or out of order");
      wants.forEach(want -> story(want, event).change((int) position));
    }
    for (Want want : wants) {
      Story story = story(want, event);
      assertTrue(story.isTrue(), () -> event.topic() + " told wrongly: " + story);
    }
    Cursor cursor = member.cursorAfter(event);
    if (cursor != null) {
      stand(cursor);
    } else {
      boolean isOnly = stories.size() == 1 && stories(wants.getFirst()).size() == 1;
      assertFalse(isOnly && !event.isCurrent() && !mixesStarts(), "a change without a cursor");
    }
    whileCalled.run();
  }

  private Story story(Want want, Event event) {
    Story story = stories(want).get(event.table());
    assertNotNull(story, () -> "told of a table that it does not touch: " + want);
    assertTrue(want.filter().matches(event.topic()), () -> want + " told of " + event.topic());
    return story;
  }

  private Map<Integer, Story> stories(Want want) {
    Map<Integer, Story> told = stories.get(want);
    assertNotNull(told, () -> "told for a subscription taken back: " + want);
    return told;
  }

  private static Row row(Change change) {
    Write write = change.write();
    return new Row(write.id(), change.timestamp(), write.payload(), write.qos(), 0, 0);
  }

  @Override
  public void flush() {
    assertFalse(hasLeft, "told to flush after it had left");
    hasUnflushed = false;
    whileCalled.run();
  }

  @Override
  public void caughtUp(Want want) {
    assertFalse(hasLeft, "told after it had left");
    assertTrue(behind.remove(want), () -> "not to be told, or told twice: caught up " + want);
    Map<Integer, Story> told = stories(want);
    told.forEach((table, story) -> {
      // Of several tables one may have lagged again before the last one has caught up.
      long upTo = told.size() == 1 ? seen(table).position() : 0;
      assertTrue(story.isWhole(upTo), () -> "caught up too early: " + story);
    });
    Cursor cursor = member.cursor();
    if (cursor != null) {
      stand(cursor);
    } else {
      boolean all = behind.isEmpty() && resets == 0;
      assertFalse(all && !mixesStarts(), "all caught up, and no cursor");
    }
    whileCalled.run();
  }

  private Place seen(int table) {
    Place seen = hub.seenOrNull(table);
    assertNotNull(seen, "caught up without a feed");
    return seen;
  }

  @Override
  public void reset(String reason) {
    assertFalse(hasLeft, "told after it had left");
    resets++;
    assertTrue(resets <= losses() - lossesBefore, "reset without need");
    standing = null;
    stories.forEach((want, told) -> told.replaceAll((table, story) -> again(table, want, story)));
    whileCalled.run();
  }

  private Story again(int table, Want want, Story story) {
    return hub.seenOrNull(table) == null
        ? Story.withRows(tables.get(table), want.filter())
        : story.again();
  }

  /** Tells whether some subscriptions may lack what others had seen on another node. */
  private boolean mixesStarts() {
    return !comeBack.isEmpty() && !comeBack.containsAll(stories.keySet());
  }

  private void stand(Cursor cursor) {
    if (cursor.isAstray()) {
      standing = null; // who goes on from there is told the rows again: see HubTest
      return;
    }
    standing = new Standing(cursor, filters());
    stories.forEach((want, told) ->
        told.forEach((table, story) -> {
          VersionVector vector = cursor.vector(tables.get(table).channel().cursorKey());
          assertNotNull(vector, "a cursor without a table");
          assertTrue(story.isCoveredBy(vector), () -> vector + " is no cursor of " + story);
        }));
  }

  // What must hold.

  void assertFlushed() {
    assertFalse(hasUnflushed, "told and not flushed");
  }

  /** When nothing is under way any more and there was room for everything. */
  void assertToldEverything() {
    assertTrue(behind.isEmpty(), () -> "never caught up: " + behind);
    stories.forEach((want, told) ->
        told.forEach((table, story) ->
            assertTrue(story.isWhole(tables.get(table).head()), () -> "not told all: " + story)));
  }
}
