package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that meet and part, all in this JVM. */
final class MembershipTest {

  private final List<ClusterNode> nodes = new ArrayList<>();

  @AfterEach
  void closeAll() {
    nodes.reversed().forEach(ClusterNode::close);
  }

  @Test
  void nodesMeetAndTablesAreTold() {
    ClusterNode one = start(1);
    ClusterNode two = start(2, one);
    assertEquals(new TableRequest.PeerJoined(2), next(one));

    ClusterNode three = start(3, one);

    assertEquals(new TableRequest.PeerJoined(3), next(one));
    assertEquals(new TableRequest.PeerJoined(1), next(two));
    assertEquals(new TableRequest.PeerJoined(3), next(two));
    assertEquals(List.of(2L, 3L), ids(one));
    assertEquals(List.of(1L, 3L), ids(two));
    assertEquals(List.of(1L, 2L), ids(three));
  }

  @Test
  void peersAreKnownByWhatTheySayOfThemselves() {
    ClusterNode one = start(1);
    ClusterNode two = start(-2, one);

    assertEquals(List.of(one.membership.self()), two.membership.present());
    assertEquals("node1", one.membership.self().name());
    assertEquals(-2, two.membership.self().node());
    assertEquals(List.of(), two.membership.faults());
  }

  @Test
  void nodeThatLeavesIsTold() {
    ClusterNode one = start(1);
    ClusterNode two = start(2, one);
    assertEquals(new TableRequest.PeerJoined(2), next(one));

    nodes.remove(two);
    two.close();

    assertEquals(new TableRequest.PeerLeft(2), next(one));
    assertEquals(List.of(), one.membership.present());
  }

  @Test
  void nodeThatIsKilledIsMissedAndMayComeBack() {
    ClusterNode one = start(1);
    ClusterNode two = start(2, one);
    assertEquals(new TableRequest.PeerJoined(2), next(one));

    nodes.remove(two);
    two.kill();
    assertEquals(new TableRequest.PeerLeft(2), next(one));

    start(2, one);
    assertEquals(new TableRequest.PeerJoined(2), next(one));
  }

  @Test
  void messagesReachTheNodeThatListens() {
    ClusterNode one = start(1);
    ClusterNode two = start(2, one);
    RunningTable.await(
        one.vertx
            .eventBus()
            .<String>consumer("replica.1", message -> message.reply(message.body() + "!"))
            .completion());

    assertEquals(
        "here!",
        RunningTable.await(two.vertx.eventBus().<String>request("replica.1", "here")).body());
  }

  @Test
  void copyOfANodeIsRefused() {
    ClusterNode one = start(1);

    ClusterException refused = assertThrows(ClusterException.class, () -> start(1, one));

    assertTrue(
        String.valueOf(refused.getMessage())
            .startsWith("node node1 at " + one.address() + " has the same id, 1: "),
        refused.getMessage());
    assertEquals(List.of(), one.membership.faults());
    assertTrue(one.told.isEmpty(), "a node does not take itself for a peer");
  }

  @Test
  void nodesOfAnotherNameStayApart() {
    ClusterNode one = start(1);
    ClusterNode other = ClusterNode.start(ClusterNode.settings("other", null, one), 2);
    nodes.add(other);

    assertEquals(List.of(), other.membership.present());
  }

  private static List<Long> ids(ClusterNode node) {
    return node.membership.present().stream().map(Peer::node).toList();
  }

  private ClusterNode start(long id, ClusterNode... others) {
    ClusterNode node = ClusterNode.start(id, others);
    nodes.add(node);
    return node;
  }

  private static TableRequest next(ClusterNode node) {
    return RunningTable.await(node.told);
  }
}
