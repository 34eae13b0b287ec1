package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.Nodes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OrphansTest {

  private static final long SELF = 1;
  private static final long OTHER = 2;
  private static final long GONE = 3;

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final MemoryTables tables =
      MemoryTables.of("type topics @table @export(name: \"\") { id: ID @primaryKey }", tasks::add);
  private final List<Long> present = new ArrayList<>();
  private final List<String> published = new ArrayList<>();
  private final PendingWills wills = new PendingWills();

  private long millis = 1_795_219_619_331L;
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis);
  private final ClientIds clientIds = new ClientIds(new ListedNodes(), clock, 3000);
  private final Orphans orphans =
      new Orphans(
          tables,
          new ListedNodes(),
          clientIds,
          wills,
          (publication, mark) -> published.add(publication.topic()),
          clock,
          tasks::add);

  @Test
  void clientOfANodeThatIsGoneIsAwayFromNowOn() {
    keep("c", connected(GONE, 60, null));
    orphans.left();
    pass(0);
    SessionState state = session("c");
    assertEquals(SELF, state.holder());
    assertFalse(state.isConnected());
    assertEquals(SessionState.UNTIL_BACK, state.doubtUntilMillis());
    assertEquals(millis, state.disconnectedAtMillis());
    assertEquals(millis + 60_000, row("c").expiresAtMillis());
    assertEquals(List.of(), published);
  }

  /** More may have been sent than the row tells: what is sent again must say so. */
  @Test
  void sessionThatAnEarlierProcessOfThisNodeLeftIsInDoubtToo() {
    keep("c", connected(SELF, 60, null));
    orphans.left();
    pass(0);
    assertFalse(session("c").isConnected());
    assertEquals(SessionState.UNTIL_BACK, session("c").doubtUntilMillis());
  }

  @Test
  void willWithoutDelayIsPublishedOnce() {
    keep("c", connected(GONE, 60, will(0)));
    orphans.left();
    pass(0);
    pass(5000);
    pass(30_000);
    assertEquals(List.of("will"), published);
    assertNull(session("c").will());
  }

  @Test
  void sessionThatWasNotToOutliveItsConnectionIsOver() {
    keep("c", connected(GONE, 0, will(10)));
    orphans.left();
    pass(0);
    assertEquals(List.of("will"), published);
    assertNull(row("c"));
  }

  @Test
  void willIsPublishedAfterItsDelay() {
    keep("c", connected(GONE, 60, will(10)));
    orphans.left();
    pass(0);
    pass(9_999);
    assertEquals(List.of(), published);
    pass(1);
    assertEquals(List.of("will"), published);
    assertNull(session("c").will());
    pass(60_000);
    assertEquals(List.of("will"), published);
  }

  @Test
  void willThatFallsDueWithItsSessionIsPublished() {
    keep("c", connected(GONE, 10, will(3600)));
    orphans.left();
    pass(0);
    pass(10_000);
    assertEquals(List.of("will"), published);
    assertNull(row("c"));
  }

  @Test
  void willOfAClientThatHasComeBackIsDropped() {
    keep("c", connected(GONE, 60, will(10)));
    orphans.left();
    pass(0);
    keep("c", connected(OTHER, 60, will(10)));
    pass(10_000);
    assertEquals(List.of(), published);
  }

  @Test
  void delayedWillOfAnOwnClientIsPublished() {
    SessionState state = connected(SELF, 60, will(10)).orphaned(SELF, millis);
    keep("c", state);
    wills.await("c", state.willAtMillis());
    pass(10_000);
    assertEquals(List.of("will"), published);
  }

  @Test
  void delayedWillMovesOnWhenItsNodeGoes() {
    keep("c", connected(GONE, 60, will(10)).orphaned(GONE, millis));
    orphans.left();
    pass(0);
    assertEquals(SELF, session("c").holder());
    pass(10_000);
    assertEquals(List.of("will"), published);
  }

  @Test
  void sessionsOfNodesThatAreThereAreLeftAlone() {
    present.add(OTHER);
    SessionState state = connected(OTHER, 60, will(0));
    keep("c", state);
    orphans.left();
    pass(0);
    assertEquals(state, session("c"));
    assertEquals(List.of(), published);
  }

  @Test
  void oneOfTheNodesThatAreThereTakesEachSession() {
    present.add(OTHER);
    for (int i = 0; i < 100; i++) {
      keep("c" + i, connected(GONE, 60, will(0)));
    }
    orphans.left();
    pass(0);
    int taken = published.size();
    assertTrue(taken > 25 && taken < 75, () -> taken + " of 100");
    for (int i = 0; i < 100; i++) {
      boolean isMine = Rendezvous.of("c" + i, Set.of(SELF, OTHER)) == SELF;
      assertEquals(isMine ? SELF : GONE, session("c" + i).holder());
    }
  }

  @Test
  void nodeThatComesBackFindsItsOwnSessions() {
    keep("c", connected(SELF, 60, will(0)));
    orphans.begin(true);
    pass(0);
    assertFalse(session("c").isConnected());
    assertEquals(List.of("will"), published);
  }

  @Test
  void nodeThatComesBackAmongOthersHearsThemFirst() {
    present.add(OTHER);
    keep("c", connected(SELF, 60, will(0)));
    orphans.begin(false);
    pass(4_999);
    keep("c", connected(OTHER, 60, will(0)));
    pass(1);
    assertEquals(List.of(), published);
  }

  @Test
  void sessionOfAClientThatIsHereIsLeftAlone() {
    RecordingHolder holder = new RecordingHolder();
    keep("c", connected(SELF, 60, will(0)));
    clientIds.claim("c", holder, granted -> {});
    orphans.begin(true);
    pass(0);
    assertTrue(session("c").isConnected());
    assertEquals(List.of(), published);
    assertEquals(0, holder.restored);
  }

  @Test
  void clientThatWasOnlyCutOffHasItsRowWrittenAgain() {
    RecordingHolder holder = new RecordingHolder();
    present.add(OTHER);
    keep("c", connected(SELF, 60, null).orphaned(OTHER, millis));
    clientIds.claim("c", holder, granted -> {});
    orphans.joined();
    pass(5000);
    assertEquals(1, holder.restored);
    assertFalse(holder.isToldToGo);
  }

  @Test
  void holderMakesWayForALaterClaimOfARow() {
    RecordingHolder holder = new RecordingHolder();
    present.add(OTHER);
    clientIds.claim("c", holder, granted -> {});
    Timestamp later = new Timestamp(Timestamp.timeOfMillis(millis + 1), OTHER);
    keep("c", connected(OTHER, 60, null, later));
    orphans.joined();
    pass(5000);
    assertTrue(holder.isToldToGo);
  }

  @Test
  void rowsOfNoClientAndWhatCannotBeReadAreLeftAlone() {
    put("\0group", new byte[] {1, 2, 3}, 0);
    put("c", new byte[] {1, 2, 3}, 0);
    orphans.left();
    pass(0);
    assertEquals(3, row("c").payload().bytes().length);
    assertEquals(3, row("\0group").payload().bytes().length);
  }

  @Test
  void everyPageOfManyRowsIsRead() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      ids.add("c" + i);
      keep("c" + i, connected(GONE, 60, null));
    }
    orphans.left();
    pass(0);
    ids.forEach(id -> assertEquals(SELF, session(id).holder()));
  }

  @Test
  void whatAnEarlierRunHasReceivedIsForgottenWithItsSession() {
    long present = Timestamp.timeOfMillis(millis);
    keep("c", connected(SELF, 60, null, new Timestamp(7, SELF)));
    receive("c", 7);
    receive("c", 6); // its session has gone on since
    receive("gone", 7);
    receive("new", present); // the row may not be written yet
    orphans.begin(true);
    pass(0);
    assertEquals(Set.of(7L), claimsReceived("c"));
    assertEquals(Set.of(), claimsReceived("gone"));
    assertEquals(Set.of(present), claimsReceived("new"));
  }

  private void receive(String clientId, long claim) {
    tables.write(
        tables.definition(0),
        Write.put("topic", Payload.of(new byte[0])),
        Condition.NONE,
        Confirmation.NOT_AWAITED,
        new Reception(Write.publisherOf(clientId), claim, 1),
        null,
        0);
    settle();
  }

  private Set<Long> claimsReceived(String clientId) {
    Set<Long> claims = new HashSet<>();
    tables.receptions(
        tables.definition(0),
        Write.publisherOf(clientId),
        found -> found.forEach(reception -> claims.add(reception.claim())));
    settle();
    return claims;
  }

  private static SessionState connected(
      long holder, long expirySeconds, SessionState.@Nullable Will will) {
    return connected(holder, expirySeconds, will, new Timestamp(7, holder));
  }

  private static SessionState connected(
      long holder, long expirySeconds, SessionState.@Nullable Will will, Timestamp claim) {
    return new SessionState(
        claim,
        holder,
        true,
        0,
        0,
        expirySeconds,
        List.of(),
        List.of(),
        new long[0],
        List.of(),
        List.of(),
        will,
        0);
  }

  private static SessionState.Will will(long delaySeconds) {
    Payload payload = Payload.of("gone".getBytes(StandardCharsets.UTF_8));
    Publication publication = new Publication("will", payload, 1, false, PacketProperties.ABSENT);
    return new SessionState.Will(publication, delaySeconds);
  }

  private void keep(String clientId, SessionState state) {
    Write write = SessionRow.put(clientId, state);
    put(clientId, write.payload().bytes(), write.expiresAtMillis());
  }

  private void put(String id, byte[] bytes, long expiresAtMillis) {
    tables.write(
        tables.sessions(),
        new Write(Write.Kind.PUT, id, Payload.of(bytes), 0, 0, expiresAtMillis, null),
        Condition.NONE,
        null,
        0);
    settle();
  }

  private Row row(String id) {
    List<Row> found = new ArrayList<>();
    tables.read(tables.sessions(), id, found::add);
    settle();
    return found.getFirst();
  }

  private SessionState session(String id) {
    return SessionStateCodec.decode(row(id).payload().bytes());
  }

  private void pass(long more) {
    millis += more;
    orphans.tick();
    settle();
  }

  private void settle() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /** Nodes of which a list is told, and nothing else. */
  private final class ListedNodes implements Nodes {

    @Override
    public long self() {
      return SELF;
    }

    @Override
    public List<Long> present() {
      return present;
    }

    @Override
    public void send(long node, String box, byte[] letter) {}

    @Override
    public void listen(String box, Listener listener) {}
  }

  private static final class RecordingHolder implements ClientIds.Holder {

    private int restored;
    private boolean isToldToGo;

    @Override
    public void makeWay(Consumer<@Nullable Handover> gone) {
      isToldToGo = true;
    }

    @Override
    public void restore() {
      restored++;
    }
  }
}
