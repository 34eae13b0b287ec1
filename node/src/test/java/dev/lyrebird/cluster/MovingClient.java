package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.pubsub.Subscription;
import dev.lyrebird.pubsub.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client as a browser is one: it keeps the rows that it is told, and the cursor of the last event
 * that had one, and goes on from there at whichever node it comes to.
 */
final class MovingClient {

  /** Why a client is reset that must be. */
  static final String TRIMMED = "the journal begins later";

  private final TopicFilter filter;
  private final Map<String, String> rows = new TreeMap<>();
  private final Set<Timestamp> messages = new HashSet<>();

  /** The messages that it need not have: made before it began, or before it was reset. */
  private final Set<Timestamp> excused = new HashSet<>();

  private final Map<Long, Long> lastOfOrigin = new HashMap<>();

  /** The changes of rows that it was told since it last began with the current ones. */
  private final Set<Timestamp> changes = new HashSet<>();

  private @Nullable String cursor;
  private @Nullable Stay stay;
  private int resets;

  private record Want(TopicFilter filter) implements Subscription {}

  MovingClient(TopicFilter filter) {
    this.filter = filter;
  }

  TopicFilter filter() {
    return filter;
  }

  Map<String, String> rows() {
    return rows;
  }

  /** Returns how often it was told to begin anew although the journal reached back. */
  int resets() {
    return resets;
  }

  /**
   * Comes to a node.
   *
   * @param made returns the messages that it could have had so far
   */
  void come(MovingNode node, Supplier<Set<Timestamp>> made) {
    if (stay != null) {
      stay.member.leave();
    }
    if (cursor == null) {
      forgetRows();
    }
    Start start = cursor == null ? new Start.Current() : new Start.After(cursor(node, cursor));
    Stay here = new Stay(node, made);
    stay = here;
    here.member.subscribe(new Want(filter), new int[] {0}, start);
  }

  private static Cursor cursor(MovingNode node, String text) {
    Cursor cursor = Cursor.decode(text);
    return node.flaw() == MovingNode.Flaw.CURSORS_HIDE_THAT_THEY_ARE_ASTRAY
        ? new Cursor(cursor.vectors())
        : cursor;
  }

  void makeRoom(int events) {
    Stay here = stay;
    if (here != null) {
      here.room = events;
      here.member.resume();
    }
  }

  /** Takes the cursor that a stream tells between events. */
  void takeCursor() {
    if (stay != null) {
      stay.takeCursor();
    }
  }

  /** It begins with the first cursor: what is made from then on it has to have. */
  private void stand(Cursor now, Supplier<Set<Timestamp>> made) {
    if (cursor == null) {
      excused.addAll(made.get());
    }
    cursor = now.encode();
  }

  private void forgetRows() {
    rows.clear();
    changes.clear();
  }

  /** Holds it to the messages that there are. */
  void assertHasAll(Set<Timestamp> made) {
    Set<Timestamp> missing = new HashSet<>(made);
    missing.removeAll(excused);
    missing.removeAll(messages);
    assertTrue(missing.isEmpty(), () -> "messages never came: " + missing);
  }

  /** The time that it spends at one node. */
  private final class Stay implements Subscriber<Want> {

    private final Member<Want> member;
    private final Supplier<Set<Timestamp>> made;
    private final Map<String, Timestamp> versions = new HashMap<>();
    private int room = 3;

    Stay(MovingNode node, Supplier<Set<Timestamp>> made) {
      this.member = node.hub().join(this);
      this.made = made;
    }

    void takeCursor() {
      Cursor now = member.cursor();
      if (now != null) {
        stand(now, made);
      }
    }

    @Override
    public boolean isWritable() {
      return room > 0;
    }

    @Override
    public boolean keepsRows() {
      return true;
    }

    @Override
    public void deliver(Event event, List<Want> subscriptions) {
      room--;
      Entry entry = event.entry();
      assertTrue(filter.matches(event.topic()));
      switch (entry.type()) {
        case MESSAGE -> message(entry.change().timestamp());
        case PUT ->
            rows.put(entry.id(), new String(entry.payload().bytes(), StandardCharsets.UTF_8));
        case DELETE -> rows.remove(entry.id());
      }
      if (entry.isOfRow() && !event.isCurrent()) {
        Timestamp name = entry.change().timestamp();
        assertTrue(changes.add(name), () -> "the change of a row came twice: " + name);
      }
      if (entry.isOfRow()) {
        Timestamp before = versions.put(entry.id(), entry.version());
        assertTrue(before == null || !before.isAfter(entry.version()), () -> "went back: " + entry);
      }
      Cursor behind = member.cursorAfter(event);
      if (behind != null) {
        stand(behind, made);
      }
    }

    private void message(Timestamp name) {
      assertTrue(messages.add(name), () -> "a message came twice: " + name);
      Long before = lastOfOrigin.put(name.node(), name.time());
      assertTrue(before == null || before < name.time(), () -> "out of order: " + name);
    }

    @Override
    public void flush() {}

    @Override
    public void caughtUp(Want subscription) {
      takeCursor();
    }

    @Override
    public void reset(String reason) {
      if (reason.equals(TRIMMED)) {
        cursor = null;
        messages.clear();
        lastOfOrigin.clear();
      } else {
        resets++;
      }
      versions.clear();
      forgetRows();
    }
  }
}
