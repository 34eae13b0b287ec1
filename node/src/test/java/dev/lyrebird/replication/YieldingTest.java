package dev.lyrebird.replication;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.MemoryTableStore;
import dev.lyrebird.table.Table;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * When a replica gives up its past: one that has a friend, and meets a stranger while that friend
 * is out of reach.
 */
final class YieldingTest {

  private static final long FRIEND = 2;
  private static final long OTHER_FRIEND = 5;
  private static final long STRANGER = 3;
  private static final long SOMEBODY_ELSE = 4;

  private long millis = 1_795_219_619_000L;
  private final long since = now();
  private final HybridClock clock = new HybridClock(() -> Instant.ofEpochMilli(millis), 60_000, 0);
  private final Table table = new Table(ReplicaTest.DEFINITION, new MemoryTableStore(), clock, 1);
  private final Replica replica =
      new Replica(1, table, clock, () -> millis, () -> millis, ReplicaTest.SETTINGS);

  /** The friend has folded; this replica has something that nobody else has. */
  @BeforeEach
  void begin() {
    replica.start(List.of(FRIEND, OTHER_FRIEND));
    for (long friend : List.of(FRIEND, OTHER_FRIEND)) {
      replica.receive(friend, status(friend, VersionVector.EMPTY, 0, Set.of(1L), 1));
    }
    millis += 10_000;
    replica.receive(FRIEND, status(FRIEND, VersionVector.EMPTY, now(), Set.of(1L), 1));
    Write message = Write.message("a", Payload.EMPTY);
    replica.committed(table.write(List.of(new Table.Request(message, Condition.NONE))), false);
    replica.peerLeft(FRIEND);
    replica.peerLeft(OTHER_FRIEND);
    replica.peerJoined(STRANGER);
    millis += 10_000;
  }

  @Test
  void replicaKeepsItsPastBeforeAStrangerWhoseCompanyItKnows() {
    assertFalse(isYielding(replica.receive(STRANGER, strangerWith(FRIEND))));
    assertFalse(isYielding(replica.receive(STRANGER, strangerWith(FRIEND, 1L))));
    assertFalse(isKnown(STRANGER));

    replica.peerJoined(FRIEND);
    replica.receive(FRIEND, status(FRIEND, changes(), now(), Set.of(1L, STRANGER), 2));
    assertFalse(isYielding(replica.receive(STRANGER, strangerWith(FRIEND, 1L))));
    assertTrue(isKnown(STRANGER));
  }

  @Test
  void replicaYieldsToAFriendThatHasForgottenIt() {
    replica.receive(STRANGER, strangerWith(FRIEND));
    replica.peerJoined(FRIEND);
    Message.Status forgetful = status(FRIEND, changes(), now(), Set.of(STRANGER), 1);
    assertTrue(isYielding(replica.receive(FRIEND, forgetful)));
  }

  @Test
  void replicaYieldsOnceAllItsFriendsHaveForgottenIt() {
    replica.peerJoined(FRIEND);
    replica.peerJoined(OTHER_FRIEND);
    Message.Status one = status(FRIEND, changes(), now(), Set.of(OTHER_FRIEND), 1);
    assertFalse(isYielding(replica.receive(FRIEND, one)));
    Message.Status other = status(OTHER_FRIEND, changes(), now(), Set.of(FRIEND), 1);
    assertTrue(isYielding(replica.receive(OTHER_FRIEND, other)));
  }

  @Test
  void replicaYieldsToAStrangerWhoseCompanyItDoesNotKnow() {
    assertTrue(isYielding(replica.receive(STRANGER, strangerWith(SOMEBODY_ELSE))));
  }

  /** A friend that is gone for good reconciles nobody. */
  @Test
  void replicaYieldsToAStrangerWhoseCompanyIsNotTheirCommonFriend() {
    Message.Status status = status(STRANGER, changes(), now(), Set.of(FRIEND, SOMEBODY_ELSE), 1);
    assertTrue(isYielding(replica.receive(STRANGER, status)));
  }

  private Message.Status strangerWith(Long... known) {
    return status(STRANGER, changes(), now(), Set.of(known), 1);
  }

  private Message.Status status(
      long origin, VersionVector vector, long folded, Set<Long> known, int company) {
    return new Message.Status(
        origin, vector, now(), now(), folded, folded, since, vector, false, known, company, true,
        false);
  }

  /** Returns what the friend has done meanwhile, which is unknown here. */
  private VersionVector changes() {
    return VersionVector.of(new Timestamp(now(), FRIEND));
  }

  private long now() {
    return Timestamp.timeOfMillis(millis);
  }

  private boolean isKnown(long node) {
    return replica.progress().stream().anyMatch(peer -> peer.node() == node && peer.isKnown());
  }

  private static boolean isYielding(List<Effect> effects) {
    return effects.stream()
        .anyMatch(
            effect -> effect instanceof Effect.Send(var _, Message.AskRows ask) && ask.isAnew());
  }
}
