package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.resource.LoneNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
  void fileThatIsNotThereIsNotFound() {
    router.get(
        "/pages/{file*}", context -> Response.file(AnswersTest.class, context.parameter("file")));
    HttpNode node = start();

    assertEquals(404, node.send("GET", "/pages/none.html").statusCode());
    assertEquals(200, node.send("GET", "/pages/AnswersTest.class").statusCode());
    assertEquals(0, faults("pages/{file*}"));
  }
}
