package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.resource.LoneNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Event streams that end, on a connection that goes on. */
final class FiniteStreamsTest {

  private static final String SDL = "type topics @table @export(name: \"\") { id: ID @primaryKey }";

  /** What each left behind in the connection made the stack of an event loop overflow by then. */
  private static final int STREAMS = 5_000;

  private final Host host = new Host(new LoneNode(1), new SimpleMeterRegistry(), 0);
  private final HttpNode node = HttpNode.start(SDL, host);

  @AfterEach
  void stop() {
    node.stopDoors();
    node.close();
    host.close();
  }

  @Test
  void streamsThatEndLeaveNothingInTheirConnection() throws Exception {
    Router router = new Router();
    router.connect("/once", (incoming, context) -> OutgoingMessages.from(out -> out.send("only")));
    var _ = host.serve("the test", router.routes());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/once".formatted(node.port())))
            .header("Accept", "text/event-stream")
            .build();

    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < STREAMS; i++) {
        HttpResponse<String> stream = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, stream.statusCode());
        assertTrue(stream.body().endsWith("data: only\n\n"), stream.body());
      }
    }
  }
}
