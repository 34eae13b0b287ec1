package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.string;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.Nodes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session that has ended here, of which another node still has the row. */
final class EndedSessionTest {

  private static final long HERE = 1;
  private static final long ELSEWHERE = 2;

  private final Post elsewhere = new Post(ELSEWHERE, HERE);
  private final Post here = new Post(HERE, ELSEWHERE);
  private final TestServer server = new TestServer(here);

  /** A node's way to the one other node. */
  private final class Post implements Nodes {

    private final long self;
    private final long other;
    private @Nullable Listener listener;

    Post(long self, long other) {
      this.self = self;
      this.other = other;
    }

    @Override
    public long self() {
      return self;
    }

    @Override
    public List<Long> present() {
      return List.of(other);
    }

    @Override
    public void send(long node, String box, byte[] letter) {
      Post to = node == HERE ? here : elsewhere;
      if (to.listener == null) {
        Objects.requireNonNull(listener).doesNotListen(node);
      } else {
        to.listener.letter(self, letter);
      }
    }

    @Override
    public void listen(String box, Listener whoListens) {
      listener = whoListens;
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void staysEnded() {
    connect("00").expect("20 02 00 00").close(); // is kept
    connect("02").expect("20 02 00 00").close(); // ends it
    keepElsewhere();

    connect("00").expect("20 02 00 00");
  }

  private RawClient connect(String flags) {
    return server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("04 " + flags + " 0000"), string("c")));
  }

  /** Another node has a row of the session that is older than its end. */
  private void keepElsewhere() {
    SessionState state =
        new SessionState(
            new Timestamp(1, ELSEWHERE),
            ELSEWHERE,
            false,
            0,
            1,
            SessionState.NEVER,
            List.of(),
            List.of(),
            new long[0],
            List.of(),
            List.of(),
            null,
            0);
    MemoryTables tables = MemoryTables.of("type t @table { id: ID @primaryKey }", Runnable::run);
    Write put = Write.put("c", Payload.of(SessionStateCodec.encode(state)));
    tables.write(tables.sessions(), put, Condition.NONE, null, 0);
    new SessionFinder(elsewhere, 0).readBy(tables, Runnable::run);
  }
}
