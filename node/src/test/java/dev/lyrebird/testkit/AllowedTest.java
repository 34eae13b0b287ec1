package dev.lyrebird.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.api.Action;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** What a resource allows, and how much of it. */
final class AllowedTest {

  /** Whoever listens may say something if the path says so. */
  private static final class Board implements Resource {

    private final List<String> posted = Collections.synchronizedList(new ArrayList<>());

    @Override
    public OutgoingMessages subscribe(Context context) {
      return outgoing -> outgoing.awaitClose(Duration.ofDays(1));
    }

    @Override
    public void publish(Message message, Context context) {
      posted.add(message.text());
    }

    @Override
    public boolean allows(Action action, Context context) {
      return action != Action.PUBLISH || context.parameter("who").equals("editor");
    }

    @Override
    public Limits limits() {
      return Limits.DEFAULT.withConnections(1);
    }
  }

  @Test
  void messageOnAConnectionIsAskedForLikeAnyOther() {
    Board board = new Board();
    Router router = new Router();
    router.resource("/board/{who}", board).limits(Limits.DEFAULT);

    try (TestHost host = TestHost.of(router);
        TestClient reader = host.connect("/board/reader");
        TestClient editor = host.connect("/board/editor")) {
      reader.say("mine");
      assertEquals(
          "{\"type\":\"error\",\"status\":403,\"title\":\"you may not publish here\"}",
          reader.hear());
      editor.say("news");
      editor.leave(1000, "");
    }
    assertEquals(List.of("news"), board.posted);
  }

  @Test
  void limitsOfTheCodeHoldWhereTheRouteSetsNone() {
    Router router = new Router();
    router.resource("/board/{who}", new Board());

    try (TestHost host = TestHost.of(router);
        TestClient first = host.connect("/board/reader")) {
      assertEquals(true, first.isRead());
      ProblemException full =
          Assertions.assertThrows(ProblemException.class, () -> host.connect("/board/editor"));
      assertEquals(503, full.status());
    }
  }
}
