package dev.lyrebird.cluster;

import static dev.lyrebird.cluster.RunningTable.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.pubsub.Subscription;
import dev.lyrebird.pubsub.TopicFilter;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table feeds every loop its journal, in order, and no faster than the loop can take it. */
final class FeedTest {
  private static final int LAGGING = 60;
  private static final Payload HALF_A_MEBIBYTE = Payload.of(new byte[1 << 19]);
  private static final long LEAST_UNDER_WAY = 8 << 20;
  private static final long MOST_UNDER_WAY = 17 << 20;

  private final RunningTable running =
      new RunningTable("type T @table @export { id: ID @primaryKey }");
  private final TestLoop writer = running.loop();
  private final BareLoop reader = running.bareLoop();

  @AfterEach
  void close() {
    running.close();
    assertEquals(List.of(), List.copyOf(running.faults));
  }

  @Test
  void aLoopIsFedFromWhereItAttachedUntilItDetaches() {
    writer.write(Write.put("before", text("x")));
    reader.ask(new TableRequest.Attach(reader.name));
    Place place = reader.await(TableAnswer.Attached.class).place();
    assertEquals(1, place.position());
    writer.write(Write.put("r", text("x")));
    TableAnswer.Changes changes = reader.await(TableAnswer.Changes.class);
    assertEquals(place, changes.before());
    assertEquals(List.of("r"), changes.entries().stream().map(Entry::id).toList());

    reader.ask(new TableRequest.Detach(reader.name));
    writer.write(Write.put("after", text("x")));
    assertEquals(List.of(), reader.drain());
  }

  @Test
  void aLoopThatLagsIsSentNoMoreUntilItHasCaughtUp() {
    reader.ask(new TableRequest.Attach(reader.name));
    Place place = reader.await(TableAnswer.Attached.class).place();
    lag();
    long underWay = 0;
    for (TableAnswer answer : reader.drain()) {
      TableAnswer.Changes changes = assertInstanceOf(TableAnswer.Changes.class, answer);
      underWay += bytes(changes);
      place = follow(place, changes);
    }
    assertTrue(underWay > LEAST_UNDER_WAY && underWay < MOST_UNDER_WAY, underWay + " bytes");
    while (place.position() < LAGGING) {
      reader.ask(new TableRequest.Seen(reader.name, place.position()));
      place = follow(place, reader.await(TableAnswer.Changes.class));
    }
    reader.ask(new TableRequest.Seen(reader.name, place.position()));
    writer.write(Write.put("live", text("again")));
    follow(place, reader.await(TableAnswer.Changes.class));
  }

  /** Returns the place behind changes, which must follow right behind a place. */
  private static Place follow(Place place, TableAnswer.Changes changes) {
    assertEquals(place, changes.before());
    Place behind = place;
    for (Entry entry : changes.entries()) {
      assertEquals(behind.position() + 1, entry.position());
      behind = behind.after(entry);
    }
    return behind;
  }

  /** Writes more than may be under way, and waits until all of it is in the journal. */
  private void lag() {
    for (int i = 0; i < LAGGING; i++) {
      writer.write(Write.message("t", HALF_A_MEBIBYTE));
    }
  }

  private static long bytes(TableAnswer.Changes changes) {
    return changes.entries().stream().mapToLong(entry -> entry.payload().bytes().length).sum();
  }

  @Test
  void aLoopThatLagsBehindTheJournalIsTold() {
    reader.ask(new TableRequest.Attach(reader.name));
    reader.await(TableAnswer.Attached.class);
    lag();
    fillOneCheckpoint();
    running.onTable(table -> table.trim(Long.MAX_VALUE, 0));
    TableAnswer.Changes last =
        assertInstanceOf(TableAnswer.Changes.class, reader.drain().getLast());
    long seen = last.entries().getLast().position();
    reader.ask(new TableRequest.Seen(reader.name, seen));
    Place place = reader.await(TableAnswer.Lost.class).place();
    writer.write(Write.put("live", text("again")));
    assertEquals(place, reader.await(TableAnswer.Changes.class).before());
  }

  /** A journal is cut where a checkpoint lies. */
  private void fillOneCheckpoint() {
    write(2000);
    writer.write(Write.message("t", text("behind the checkpoint")));
  }

  @Test
  void aSubscriberHearsOfEveryChangeOnceAndInOrder() {
    BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    TestLoop listener = running.loop();
    write(500);
    listener.run((tables, table) -> {
      TopicFilter filter = TopicFilter.of("T/#");
      tables
          .hub()
          .join(new Listener(heard))
          .subscribe(() -> filter, new int[] {0}, new Start.Live());
    });
    listener.await();
    write(5000);
    List<Long> expected = LongStream.rangeClosed(501, 5500).boxed().toList();
    expected.forEach(position -> assertEquals(position, RunningTable.await(heard)));
  }

  private void write(int count) {
    for (int i = 0; i < count; i += 100) {
      writer.run((tables, table) -> {
        for (int j = 0; j < 100; j++) {
          tables.write(table, Write.message("t", text("x")), Condition.NONE, null, 0);
        }
      });
    }
    writer.await();
  }

  @Test
  void subscribersHearOfARowThatEnds() {
    reader.ask(new TableRequest.Attach(reader.name));
    reader.await(TableAnswer.Attached.class);
    long end = running.wallMillis() + 50;
    writer.write(new Write(Write.Kind.PUT, "r", text("x"), 1, 0, end, null));
    assertEquals(
        Entry.Type.PUT, reader.await(TableAnswer.Changes.class).entries().getFirst().type());
    running.passMillis(50);
    assertEquals(
        Entry.Type.DELETE, reader.await(TableAnswer.Changes.class).entries().getFirst().type());
  }

  /** Remembers the positions of the changes that it hears of. */
  private record Listener(BlockingQueue<Long> heard) implements Subscriber<Subscription> {

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public boolean keepsRows() {
      return true;
    }

    @Override
    public void deliver(Event event, List<Subscription> subscriptions) {
      heard.add(event.entry().position());
    }

    @Override
    public void flush() {}

    @Override
    public void caughtUp(Subscription subscription) {}

    @Override
    public void reset(String reason) {
      throw new AssertionError(reason);
    }
  }
}
