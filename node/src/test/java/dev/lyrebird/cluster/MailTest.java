package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.resource.Nodes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Letters between nodes, all in this JVM. */
final class MailTest {

  private static final int LETTERS = 2000;

  /** So long that some messages are full before the turn is over. */
  private static final String LONG = "x".repeat(1000);

  private final List<ClusterNode> nodes = new ArrayList<>();

  @AfterEach
  void closeAll() {
    nodes.reversed().forEach(ClusterNode::close);
  }

  @Test
  void lettersArriveInTheirOrderAtTheBoxTheyAreFor() {
    Mail one = open(1);
    Mail two = open(2, nodes.getFirst());
    Told told = new Told();
    Told other = new Told();
    two.listen("box", told);
    two.listen("other", other);
    assertEquals("joined 1", RunningTable.await(told.events));
    assertEquals("joined 1", RunningTable.await(other.events));

    for (int i = 0; i < LETTERS; i++) {
      one.send(2, i % 2 == 0 ? "box" : "other", (i + LONG).getBytes(StandardCharsets.UTF_8));
    }

    for (int i = 0; i < LETTERS; i++) {
      Told listener = i % 2 == 0 ? told : other;
      assertEquals("1: " + i + LONG, RunningTable.await(listener.events));
    }
  }

  @Test
  void listenerIsToldWhoIsThereAndWhoGoes() {
    Mail one = open(1);
    Told early = new Told();
    one.listen("early", early);
    open(2, nodes.getFirst());
    assertEquals("joined 2", RunningTable.await(early.events));
    assertEquals(List.of(2L), one.present());
    Told late = new Told();
    one.listen("late", late);
    assertEquals("joined 2", RunningTable.await(late.events));

    nodes.removeLast().close();

    assertEquals("left 2", RunningTable.await(early.events));
    assertEquals("left 2", RunningTable.await(late.events));
  }

  @Test
  void letterToNobodyIsLost() {
    Mail one = open(1);
    Mail two = open(2, nodes.getFirst());
    Told told = new Told();
    two.listen("box", told);
    assertEquals("joined 1", RunningTable.await(told.events));

    one.send(3, "box", new byte[] {1});
    one.send(2, "nobody's", new byte[] {1});
    one.send(2, "box", new byte[] {'!'});

    assertEquals("1: !", RunningTable.await(told.events));
  }

  @Test
  void listenerIsToldWhoDoesNotListenYet() {
    Mail one = open(1);
    Told told = new Told();
    one.listen("box", told);
    ClusterNode starting = ClusterNode.start(2, nodes.getFirst());
    nodes.add(starting);
    assertEquals("joined 2", RunningTable.await(told.events));

    one.send(2, "box", new byte[] {1});
    assertEquals("deaf 2", RunningTable.await(told.events));

    Told other = new Told();
    RunningTable.await(Mail.open(starting.vertx, starting.membership)).listen("box", other);
    assertEquals("joined 1", RunningTable.await(other.events));
    one.send(2, "box", new byte[] {'!'});
    assertEquals("1: !", RunningTable.await(other.events));
  }

  @Test
  void boxHasOneListener() {
    Mail mail = open(1);
    mail.listen("box", new Told());
    assertThrows(IllegalStateException.class, () -> mail.listen("box", new Told()));
  }

  private Mail open(long id, ClusterNode... others) {
    ClusterNode node = ClusterNode.start(id, others);
    nodes.add(node);
    return RunningTable.await(Mail.open(node.vertx, node.membership));
  }

  private static final class Told implements Nodes.Listener {

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void joined(long node) {
      events.add("joined " + node);
    }

    @Override
    public void left(long node) {
      events.add("left " + node);
    }

    @Override
    public void doesNotListen(long node) {
      events.add("deaf " + node);
    }

    @Override
    public void letter(long from, byte[] letter) {
      events.add(from + ": " + new String(letter, StandardCharsets.UTF_8));
    }
  }
}
