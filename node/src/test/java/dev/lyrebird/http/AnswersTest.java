package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Limits;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.resource.LoneNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of what users' code returns. */
final class AnswersTest {

  private static final String SDL =
      "type Sensors @table @export { id: ID @primaryKey temp: Float }";

  private final Router router = new Router();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Host host = new Host(new LoneNode(0), meters, 0);
  private final BlockingQueue<Boolean> said = new LinkedBlockingQueue<>();
  private @Nullable HttpNode started;

  @AfterEach
  void stop() {
    if (started != null) {
      started.stopDoors();
      started.close();
    }
    host.close();
  }

  private HttpNode start() {
    host.serve("the router", router.routes());
    HttpNode node = HttpNode.start(SDL, host);
    started = node;
    return node;
  }

  private double faults(String route) {
    return meters.get("lyrebird_resource_faults").tag("route", route).counter().count();
  }

  /** Tells which thread has asked for its attribute. */
  public final class Witness {
    public boolean isVirtual() {
      boolean isVirtual = Thread.currentThread().isVirtual();
      said.add(isVirtual);
      return isVirtual;
    }
  }

  /** Fails when its attribute is asked for. */
  public record Broken(String name) {
    @Override
    public String name() {
      if (name.equals("a secret")) {
        throw new IllegalStateException(name);
      }
      return name;
    }
  }

  /** Takes all time that there is when its attribute is asked for. */
  public final class Slow {
    public String getName() throws InterruptedException {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        said.add(true);
        throw e;
      }
      return "never";
    }
  }

  @Test
  void gettersRunOnTheThreadOfTheCall() throws InterruptedException {
    router.get("/witness", context -> new Witness());
    HttpNode node = start();

    assertEquals("{\"virtual\":true}", node.send("GET", "/witness").body());
    assertEquals(true, said.poll(HttpNode.WAIT_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void getterThatThrowsIsAFaultOfTheRoute() {
    router.get("/broken", context -> new Broken("a secret"));
    HttpNode node = start();

    HttpResponse<String> answer = node.send("GET", "/broken");
    assertEquals(500, answer.statusCode());
    assertEquals("application/problem+json", HttpNode.header(answer, "Content-Type"));
    assertTrue(answer.body().contains("the resource has failed"), answer.body());
    assertFalse(answer.body().contains("secret"), answer.body());
    assertEquals(1, faults("broken"));
  }

  @Test
  void getterThatTakesTooLongIsAnsweredForAndInterrupted() throws InterruptedException {
    router
        .get("/slow", context -> new Slow())
        .limits(Limits.DEFAULT.withCallTime(Duration.ofMillis(50)));
    router.get("/other", context -> "here");
    HttpNode node = start();

    assertEquals(503, node.send("GET", "/slow").statusCode());
    assertEquals(true, said.poll(HttpNode.WAIT_SECONDS, TimeUnit.SECONDS));
    assertEquals("here", node.send("GET", "/other").body());
  }

  @Test
  void rowsAreAnsweredAsAnArray() throws Exception {
    router.get("/all", context -> context.tables().table("Sensors").rows());
    router.get(
        "/one/{id}", context -> context.tables().table("Sensors").row(context.parameter("id")));
    HttpNode node = start();
    node.sendJson("PUT", "/Sensors/a", "{\"temp\":1}");
    node.sendJson("PUT", "/Sensors/b", "{\"temp\":2}");

    HttpResponse<String> all = node.send("GET", "/all");
    assertEquals("[{\"temp\":1,\"id\":\"a\"},{\"temp\":2,\"id\":\"b\"}]", all.body());
    assertEquals("application/json", HttpNode.header(all, "Content-Type"));
    assertEquals("{\"temp\":2,\"id\":\"b\"}", node.send("GET", "/one/b").body());
    assertEquals(404, node.send("GET", "/one/c").statusCode());
    assertEquals(0, faults("all"));
  }

  @Test
  void typeThatTheCodeSetsIsTheOneThatIsTold() {
    router.get("/csv", context -> Response.of(200).with("Content-Type", "text/csv").with("a,b"));
    router.get(
        "/geo",
        context ->
            Response.of(200)
                .with("content-type", "application/geo+json")
                .with(Map.of("type", "Point")));
    HttpNode node = start();

    HttpResponse<String> csv = node.send("GET", "/csv");
    assertEquals("200 a,b", csv.statusCode() + " " + csv.body());
    assertEquals(List.of("text/csv"), csv.headers().allValues("Content-Type"));
    HttpResponse<String> geo = node.send("GET", "/geo", "Accept", "application/cbor");
    assertEquals("{\"type\":\"Point\"}", geo.body());
    assertEquals(List.of("application/geo+json"), geo.headers().allValues("Content-Type"));
  }

  @Test
  void whatIsNoAnswerByItselfIsTakenForWhatItHolds() {
    record Found(Optional<String> name) {}
    router.get("/found", context -> Optional.of(Map.of("a", 1)));
    router.get("/missing", context -> Optional.empty());
    router.get("/within", context -> new Found(Optional.of("rex")));
    router.get("/each", context -> Stream.of(1, 2));
    Object later = CompletableFuture.completedFuture("x");
    router.get("/later", context -> later);
    HttpNode node = start();

    assertEquals("{\"a\":1}", node.send("GET", "/found").body());
    assertEquals(404, node.send("GET", "/missing").statusCode());
    assertEquals("{\"name\":\"rex\"}", node.send("GET", "/within").body());
    assertEquals("[1,2]", node.send("GET", "/each").body());
    assertEquals(500, node.send("GET", "/later").statusCode());
    assertEquals(1, faults("later"));
  }

  @Test
  void contentThatTheCodeHasCompressedIsSentAsItIs() {
    byte[] zipped = new byte[5000];
    new SplittableRandom(1).nextBytes(zipped);
    router.get(
        "/zipped",
        context ->
            Response.of(200)
                .with("Content-Encoding", "gzip")
                .with("Content-Type", "text/plain")
                .with(zipped));
    router.get(
        "/cookies",
        context -> Response.of(200).with("Set-Cookie", "a=1").adding("set-cookie", "b=2"));
    HttpNode node = start();

    HttpResponse<byte[]> answer =
        node.send(
            node.request("/zipped", "Accept-Encoding", "br, gzip").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertArrayEquals(zipped, answer.body());
    assertEquals(List.of("gzip"), answer.headers().allValues("Content-Encoding"));
    assertEquals(
        List.of("a=1", "b=2"), node.send("GET", "/cookies").headers().allValues("Set-Cookie"));
  }

  @Test
  void codeThatReturnsNoMessagesRefusesTheClient() {
    router.connect("/null", (incoming, context) -> nothing());
    HttpNode node = start();

    assertEquals(500, node.send("GET", "/null", "Accept", "text/event-stream").statusCode());
    assertEquals(1, faults("null"));
  }

  @SuppressWarnings("NullAway") // what a newcomer forgets
  private static OutgoingMessages nothing() {
    return null;
  }

  @Test
  void textThatIsNotUtf8IsBytesToTheCode() {
    router.post("/kind", (content, context) -> content.isText() ? "text" : "bytes");
    HttpNode node = start();

    byte[] latin1 = "caf\u00e9".getBytes(ISO_8859_1);
    assertEquals("text", post(node, "text/plain", "caf\u00e9".getBytes(UTF_8)).body());
    assertEquals("bytes", post(node, "text/plain; charset=iso-8859-1", latin1).body());
    HttpResponse<String> json = post(node, "application/json", latin1);
    assertEquals(400, json.statusCode());
    assertTrue(json.body().contains("it is not in UTF-8"), json.body());
  }

  private static HttpResponse<String> post(HttpNode node, String type, byte[] content) {
    return node.send(
        node.request("/kind", "Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(content))
            .build());
  }

  @Test
  void fileThatIsNotThereIsNotFound() {
    router.get(
        "/pages/{file*}", context -> Response.file(AnswersTest.class, context.parameter("file")));
    HttpNode node = start();

    assertEquals(404, node.send("GET", "/pages/none.html").statusCode());
    assertEquals(200, node.send("GET", "/pages/AnswersTest.class").statusCode());
    assertEquals(0, faults("pages/{file*}"));
  }
}
