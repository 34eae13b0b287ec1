package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.replication.PeerProgress;
import dev.lyrebird.resource.Confirmation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class ConfirmationsTest {

  private static final long ORIGIN = 7;
  private static final int TIMEOUT_MILLIS = 5000;
  private static final Outcome UNCHANGED = new Outcome.Unchanged(null);

  private final Confirmations confirmations = new Confirmations(TIMEOUT_MILLIS, 100);

  @Test
  void outcomesAreHeldUntilSoManyNodesHaveTheirLastChange() {
    long ticket = hold(2, 10, 0);

    assertEquals(List.of(), confirmations.advance(peers(9, 9, 9)));
    assertEquals(List.of(), confirmations.advance(peers(10, 9, 9)));
    assertEquals(
        List.of(new Confirmations.Verdict("loop", ticket, null)),
        confirmations.advance(peers(10, 9, 11)));
    assertEquals(List.of(), confirmations.advance(peers(11, 11, 11)));
  }

  @Test
  void onlyWhatWasAppliedHasToWait() {
    List<Entry> entries = List.of(entry(10));
    Outcome refused = new Outcome.Refused(Refusal.of(Refusal.Reason.CONFLICT, "it is there"));

    assertEquals(Confirmations.NOT_HELD, confirmations.hold("loop", 0, applied(1), entries, 0));
    assertEquals(
        Confirmations.NOT_HELD,
        confirmations.hold("loop", 1, List.of(UNCHANGED, refused), List.of(), 0));
    assertEquals(List.of(), confirmations.expire(Long.MAX_VALUE));
  }

  @Test
  void whoAsksForFewerIsNotHeldUpByWhoAsksForMore() {
    long three = hold(3, 10, 0);
    long one = hold(1, 11, 0);

    assertEquals(List.of(one), tickets(confirmations.advance(peers(11, 11))));
    assertEquals(List.of(three), tickets(confirmations.advance(peers(11, 11, 11))));
  }

  @Test
  void whatWaitsTooLongIsToldWhatWasReached() {
    confirmations.advance(peers(9, 12));
    long early = hold(2, 10, 0);
    long late = hold(2, 13, 1);

    assertEquals(List.of(), confirmations.expire(TIMEOUT_MILLIS - 1));
    List<Confirmations.Verdict> first = confirmations.expire(TIMEOUT_MILLIS);
    assertEquals(List.of(early), tickets(first));
    assertEquals(
        Refusal.of(
            Refusal.Reason.UNCONFIRMED,
            "applied by 1 of 2 other nodes within 5000 ms; the write itself stays"),
        first.getFirst().refusal());
    assertEquals(List.of(late), tickets(confirmations.expire(TIMEOUT_MILLIS + 1)));
  }

  @Test
  void whereNobodyElseKeepsTheTableNothingIsWaitedFor() {
    Confirmations alone = new Confirmations(0, 100);
    alone.hold("loop", 1, applied(1), List.of(entry(10)), 4);

    Refusal refusal = Objects.requireNonNull(alone.expire(4).getFirst().refusal());
    assertEquals(
        "applied by 0 of 1 other nodes, for no other keeps this table; the write itself stays",
        refusal.detail());
  }

  @Test
  void changesOfAnEarlierOriginAreConfirmedByThatOrigin() {
    Timestamp earlier = new Timestamp(50, 3);
    long ticket = confirmations.hold("loop", 1, applied(1), List.of(entry(earlier)), 0);

    assertEquals(List.of(), confirmations.advance(peers(60)));
    VersionVector both = VersionVector.of(new Timestamp(60, ORIGIN)).with(earlier);
    assertEquals(
        List.of(ticket),
        tickets(confirmations.advance(List.of(new PeerProgress(1, true, true, both)))));
  }

  @Test
  void nodeWithWhichNoChangesAreExchangedDoesNotCountAsOneOfSoMany() {
    long ticket = hold(1, 10, 0);
    VersionVector has = VersionVector.of(new Timestamp(10, ORIGIN));

    assertEquals(List.of(), confirmations.advance(List.of(new PeerProgress(1, true, false, has))));
    assertEquals(
        List.of(ticket),
        tickets(confirmations.advance(List.of(new PeerProgress(1, false, true, has)))));
  }

  @Test
  void whoWaitsForAllWaitsForThoseThatWereThere() {
    confirmations.advance(List.of(peer(1, 9), absent(2, 9), peer(3, 9)));
    long ticket = hold(Confirmation.ALL, 10, 0);

    assertEquals(List.of(), confirmations.advance(List.of(peer(1, 10), absent(2, 9), peer(3, 9))));
    assertEquals(
        List.of(ticket),
        tickets(
            confirmations.advance(List.of(peer(1, 10), absent(2, 9), peer(3, 10), peer(4, 0)))));
  }

  @Test
  void whoWaitsForAllWaitsNoLongerForOneThatLeft() {
    confirmations.advance(peers(9, 9));
    long early = hold(Confirmation.ALL, 10, 0);
    long late = hold(Confirmation.ALL, 11, 0);

    assertEquals(List.of(), confirmations.advance(peers(10, 9)));
    assertEquals(
        List.of(early), tickets(confirmations.advance(List.of(peer(1, 10), absent(2, 9)))));
    assertEquals(List.of(late), tickets(confirmations.advance(List.of(peer(1, 11), absent(2, 9)))));
  }

  @Test
  void oneThatLeftAndCameBackIsNotWaitedForAgain() {
    confirmations.advance(peers(9, 9));
    long ticket = hold(Confirmation.ALL, 10, 0);

    assertEquals(List.of(), confirmations.advance(List.of(peer(1, 9), absent(2, 9))));
    assertEquals(List.of(), confirmations.advance(peers(9, 9)));
    assertEquals(List.of(ticket), tickets(confirmations.advance(peers(10, 9))));
  }

  @Test
  void whereNobodyElseIsThereAllHaveIt() {
    List<Entry> entries = List.of(entry(10));

    assertEquals(
        Confirmations.NOT_HELD,
        confirmations.hold("loop", Confirmation.ALL, applied(1), entries, 0));
    confirmations.advance(List.of(absent(1, 9)));
    assertEquals(
        Confirmations.NOT_HELD,
        confirmations.hold("loop", Confirmation.ALL, applied(1), entries, 0));
  }

  @Test
  void whoWaitsForAllIsToldHowManyWereReachedInTime() {
    confirmations.advance(peers(9, 12));
    hold(Confirmation.ALL, 10, 0);

    Refusal refusal =
        Objects.requireNonNull(confirmations.expire(TIMEOUT_MILLIS).getFirst().refusal());
    assertEquals(
        "applied by 1 of 2 other nodes within 5000 ms; the write itself stays", refusal.detail());
  }

  private static PeerProgress absent(long node, long time) {
    return new PeerProgress(node, false, true, VersionVector.of(new Timestamp(time, ORIGIN)));
  }

  @Test
  void boundCountsTheWritesThatAreHeld() {
    confirmations.hold("loop", 1, applied(99), List.of(entry(10)), 0);
    assertFalse(confirmations.isFull());
    hold(2, 11, 0);
    assertTrue(confirmations.isFull());
    confirmations.advance(peers(10));
    assertFalse(confirmations.isFull());
    confirmations.expire(TIMEOUT_MILLIS);
    confirmations.hold("loop", 1, applied(99), List.of(entry(12)), 0);
    assertFalse(confirmations.isFull());
  }

  /** Against an oracle that looks at everything each time. */
  @Test
  void eachTicketIsToldOnceAndAsSoonAsItMayBe() {
    long seed = Long.getLong("seed", System.nanoTime());
    for (int round = 0; round < 300; round++) {
      String replay = "-Dseed=" + (seed + round);
      tellsAsTheOracle(RandomGeneratorFactory.getDefault().create(seed + round), replay);
    }
  }

  private record Held(int nodes, long time, long deadline) {}

  private void tellsAsTheOracle(RandomGenerator random, String replay) {
    Confirmations tested = new Confirmations(TIMEOUT_MILLIS, Integer.MAX_VALUE);
    Map<Long, Held> oracle = new HashMap<>();
    long[] applied = new long[random.nextInt(5)];
    long time = 1;
    long millis = 0;
    for (int step = 0; step < 200; step++) {
      millis += random.nextInt(TIMEOUT_MILLIS / 10);
      long now = millis;
      switch (random.nextInt(3)) {
        case 0 -> {
          int nodes = 1 + random.nextInt(4);
          time += 1 + random.nextInt(3);
          long ticket = tested.hold("loop", nodes, applied(1), List.of(entry(time)), now);
          assertNull(oracle.put(ticket, new Held(nodes, time, now + TIMEOUT_MILLIS)), replay);
        }
        case 1 -> {
          for (int peer = 0; peer < applied.length; peer++) {
            applied[peer] += random.nextLong(time - applied[peer] + 1);
          }
          for (Confirmations.Verdict verdict : tested.advance(peers(applied))) {
            Held held = oracle.remove(verdict.ticket());
            assertNotNull(held, replay);
            assertNull(verdict.refusal(), replay);
            assertTrue(reached(held, applied) >= held.nodes(), replay);
          }
          oracle.forEach(
              (ticket, held) -> assertTrue(reached(held, applied) < held.nodes(), replay));
        }
        default -> {
          for (Confirmations.Verdict verdict : tested.expire(now)) {
            Held held = oracle.remove(verdict.ticket());
            assertNotNull(held, replay);
            assertTrue(held.deadline() <= now, replay);
            String reached = "applied by %d of %d ".formatted(reached(held, applied), held.nodes());
            String detail = Objects.requireNonNull(verdict.refusal()).detail();
            assertTrue(detail.startsWith(reached), () -> replay + ": " + detail);
          }
          oracle.forEach((ticket, held) -> assertTrue(held.deadline() > now, replay));
        }
      }
    }
  }

  private static int reached(Held held, long[] applied) {
    int reached = 0;
    for (long time : applied) {
      reached += time >= held.time() ? 1 : 0;
    }
    return reached;
  }

  private long hold(int nodes, long time, long nowMillis) {
    List<Outcome> outcomes = new ArrayList<>(applied(1));
    outcomes.add(UNCHANGED);
    List<Entry> entries = List.of(entry(time - 1), entry(time));
    long ticket = confirmations.hold("loop", nodes, outcomes, entries, nowMillis);
    assertNotEquals(Confirmations.NOT_HELD, ticket);
    return ticket;
  }

  private static List<Outcome> applied(int count) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outcomes.add(new Outcome.Applied(new Timestamp(1, ORIGIN), false));
    }
    return outcomes;
  }

  private static Entry entry(long time) {
    return entry(new Timestamp(time, ORIGIN));
  }

  private static Entry entry(Timestamp timestamp) {
    Write write = Write.message("t", Payload.of(new byte[0]));
    return new Entry(1, 1, new Change(timestamp, write), null);
  }

  private static List<PeerProgress> peers(long... times) {
    List<PeerProgress> peers = new ArrayList<>();
    for (long time : times) {
      peers.add(peer(1 + peers.size(), time));
    }
    return peers;
  }

  private static PeerProgress peer(long node, long time) {
    return new PeerProgress(node, true, true, VersionVector.of(new Timestamp(time, ORIGIN)));
  }

  private static List<Long> tickets(List<Confirmations.Verdict> verdicts) {
    return verdicts.stream().map(Confirmations.Verdict::ticket).toList();
  }
}
