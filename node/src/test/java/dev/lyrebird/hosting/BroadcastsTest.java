package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Message;
import dev.lyrebird.resource.Nodes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BroadcastsTest {

  private final List<String> heard = new ArrayList<>();
  private final End one = new End(1);
  private final End two = new End(2);
  private long now;
  private Executor threads = Runnable::run;

  /** One node, whose letters lie in the other's box until they are delivered. */
  private final class End implements Nodes {

    private final long self;
    private final Queue<byte[]> box = new ArrayDeque<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Broadcasts broadcasts;

    End(long self) {
      this.self = self;
      this.broadcasts =
          new Broadcasts(
              this,
              meters,
              () -> now,
              task -> threads.execute(task),
              (pattern, room, message) ->
                  heard.add(
                      "%s %s %s %s %s %s"
                          .formatted(
                              pattern,
                              room,
                              message,
                              message.event(),
                              message.id(),
                              message.retry())));
    }

    private End other() {
      return self == 1 ? two : one;
    }

    @Override
    public long self() {
      return self;
    }

    @Override
    public List<Long> present() {
      return List.of(other().self);
    }

    @Override
    public void send(long node, String to, byte[] letter) {
      assertEquals(other().self, node);
      other().box.add(letter);
    }

    @Override
    public void listen(String to, Listener listener) {
      listeners.add(listener);
    }

    /** Delivers all letters to this node. */
    void deliver() {
      while (!box.isEmpty()) {
        listeners.getFirst().letter(other().self, box.remove());
      }
    }

    double dropped() {
      return meters.counter("lyrebird_rooms_dropped").count();
    }
  }

  @Test
  void whatIsBroadcastArrivesWhole() {
    one.broadcasts.send("chat/{room}", "lobby", Message.text("hi"));
    one.broadcasts.send(
        "chat/{room}",
        null,
        Message.json(List.of(1)).withEvent("e").withId("7").withRetry(Duration.ofSeconds(2)));
    two.deliver();

    assertEquals(
        List.of("chat/{room} lobby hi null null null", "chat/{room} null [1] e 7 PT2S"), heard);
  }

  @Test
  void noMoreIsUnderWayToANodeThanItTakes() {
    Message much = Message.binary(new byte[100_000]);
    for (int i = 0; i < 100; i++) {
      one.broadcasts.send("r", null, much);
    }
    long waiting = two.box.stream().mapToLong(letter -> letter.length).sum();
    assertTrue(waiting < Broadcasts.MOST_UNDER_WAY + 200_000, waiting + " bytes");
    assertEquals(100, two.box.size() + one.dropped());

    two.deliver();
    one.deliver();
    double before = one.dropped();
    for (int i = 0; i < 30; i++) {
      one.broadcasts.send("r", null, much);
    }

    assertEquals(before, one.dropped(), "receipts have made room");
  }

  @Test
  void whatHasNotBeenToldYetIsUnderWay() {
    List<Runnable> later = new ArrayList<>();
    threads = later::add;
    Message much = Message.binary(new byte[1_000_000]);
    for (int i = 0; i < 5; i++) {
      one.broadcasts.send("r", null, much);
    }
    two.deliver();
    one.deliver();
    one.broadcasts.send("r", null, much);
    assertEquals(0, two.box.size());
    assertEquals(List.of(), heard);

    assertEquals(1, later.size());
    later.removeFirst().run();
    one.deliver();
    one.broadcasts.send("r", null, much);
    assertEquals(5, heard.size());
    assertEquals(1, two.box.size());
  }

  @Test
  void nodeWhoseLettersWereLostIsTriedAgain() {
    Message much = Message.binary(new byte[1_000_000]);
    for (int i = 0; i < 10; i++) {
      one.broadcasts.send("r", null, much);
    }
    two.box.clear();
    one.broadcasts.send("r", null, much);
    assertEquals(0, two.box.size());

    now += TimeUnit.SECONDS.toNanos(11);
    one.broadcasts.send("r", null, much);

    assertEquals(1, two.box.size());
  }

  @Test
  void letterThatNobodyCanReadHarmsNobody() {
    two.box.add(new byte[] {9, 9});
    two.box.add(new byte[] {1});
    one.broadcasts.send("r", null, Message.text("hi"));
    two.deliver();

    assertEquals(List.of("r null hi null null null"), heard);
  }
}
