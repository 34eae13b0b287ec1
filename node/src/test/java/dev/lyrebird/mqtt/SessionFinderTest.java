package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.Nodes;
import dev.lyrebird.schema.SystemTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Three nodes that ask one another for the row of a session, with letters carried by hand. */
final class SessionFinderTest {

  private static final int NEVER_MILLIS = 1_000_000;

  private final Map<Long, Post> posts = new HashMap<>();
  private final List<Letter> underWay = new ArrayList<>();
  private final List<SessionFinder.@Nullable Found> answers = new ArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Letter(long from, long to, byte[] bytes) {}

  /** What one node knows of the others. */
  private final class Post implements Nodes {

    private final long self;
    private @Nullable Listener listener;

    Post(long self) {
      this.self = self;
    }

    Listener listener() {
      return Objects.requireNonNull(listener);
    }

    @Override
    public long self() {
      return self;
    }

    @Override
    public List<Long> present() {
      return posts.keySet().stream().filter(node -> node != self).toList();
    }

    @Override
    public void send(long node, String box, byte[] letter) {
      underWay.add(new Letter(self, node, letter));
    }

    @Override
    public void listen(String box, Listener whoListens) {
      listener = whoListens;
    }
  }

  @Test
  void theLatestRowThatAnyNodeHasIsFound() {
    SessionFinder asking = node(1, NEVER_MILLIS);
    tablesOf(2, "older");
    tablesOf(3, "older", "newer");
    asking.find(SystemTables.SESSIONS, "c", answers::add);
    carry();
    assertEquals(1, answers.size());
    assertArrayEquals("newer".getBytes(UTF_8), Objects.requireNonNull(answers.getFirst()).state());
  }

  @Test
  void thatASessionHasEndedIsLaterThanItsRowElsewhere() {
    SessionFinder asking = node(1, NEVER_MILLIS);
    tablesOf(2, "stale");
    tablesOf(3, "row", "ended");
    asking.find(SystemTables.SESSIONS, "c", answers::add);
    carry();
    assertEquals(1, answers.size());
    assertNull(Objects.requireNonNull(answers.getFirst()).state());
  }

  @Test
  void aNodeThatLeavesIsNotWaitedFor() {
    SessionFinder asking = node(1, NEVER_MILLIS);
    tablesOf(2);
    asking.find(SystemTables.SESSIONS, "c", answers::add);
    assertEquals(List.of(), answers);
    Objects.requireNonNull(posts.get(1L)).listener().left(2);
    assertEquals(1, answers.size());
    assertNull(answers.getFirst());
    carry(); // an answer that comes late is nobody's
    assertEquals(1, answers.size());
  }

  @Test
  void aNodeThatIsOnlyJustStartingIsNotWaitedFor() {
    SessionFinder asking = node(1, NEVER_MILLIS);
    tablesOf(2);
    asking.find(SystemTables.SESSIONS, "c", answers::add);
    Objects.requireNonNull(posts.get(1L)).listener().doesNotListen(2);
    assertEquals(1, answers.size());
  }

  @Test
  void aNodeThatDoesNotAnswerIsWaitedForAWhileOnly() {
    SessionFinder asking = node(1, 0);
    tablesOf(2, "row");
    asking.find(SystemTables.SESSIONS, "c", answers::add);
    asking.tick();
    assertEquals(1, answers.size());
  }

  @Test
  void aNodeWithoutOthersAnswersAtOnce() {
    node(1, NEVER_MILLIS).find(SystemTables.SESSIONS, "c", answers::add);
    assertEquals(1, answers.size());
    assertNull(answers.getFirst());
  }

  @Test
  void aLetterThatCannotBeReadCostsNothing() {
    SessionFinder asking = node(1, NEVER_MILLIS);
    tablesOf(2, "row");
    Objects.requireNonNull(posts.get(1L)).listener().letter(2, new byte[] {9, 9});
    Objects.requireNonNull(posts.get(1L)).listener().letter(2, new byte[0]);
    asking.find(SystemTables.SESSIONS, "c", answers::add);
    carry();
    assertEquals(1, answers.size());
  }

  private SessionFinder node(long id, int timeoutMillis) {
    Post post = new Post(id);
    posts.put(id, post);
    return new SessionFinder(post, timeoutMillis);
  }

  /** Makes a node that has had these rows of the session, one after the other, or its end. */
  private void tablesOf(long id, String... rows) {
    MemoryTables tables = MemoryTables.of("type t @table { id: ID @primaryKey }", Runnable::run);
    for (String row : rows) {
      byte[] bytes = row.getBytes(UTF_8);
      Write write = row.equals("ended") ? Write.delete("c") : Write.put("c", Payload.of(bytes));
      tables.write(tables.sessions(), write, Condition.NONE, null, 0);
    }
    node(id, NEVER_MILLIS).readBy(tables, Runnable::run);
  }

  private void carry() {
    while (!underWay.isEmpty()) {
      Letter letter = underWay.removeFirst();
      Objects.requireNonNull(posts.get(letter.to)).listener().letter(letter.from, letter.bytes);
    }
  }
}
