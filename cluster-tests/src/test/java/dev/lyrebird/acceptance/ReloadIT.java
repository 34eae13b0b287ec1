package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.Browser;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A schema that is changed while a node serves, by {@code POST /reload} and by SIGHUP. */
final class ReloadIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Of {@link Load}; the second has one index more and admits more. */
  private static final String NARROW =
      "type Rows @table @export { id: ID @primaryKey  w: String  n: Int }";

  private static final String WIDE =
      "type Rows @table @export { id: ID @primaryKey  w: String @indexed  n: Float }";

  private static final int RELOADS = 5;
  private static final int WRITES_BETWEEN = 400;

  private final NodeProcess node = NodeProcess.start(Nodes.named("reload").schema(NARROW));
  private final Rest rest = new Rest(node.addresses());
  private final HttpClient operations = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    rest.close();
    operations.shutdownNow();
    node.close();
  }

  @Test
  void nothingIsLostWhileTheSchemaChangesUnderLoad() throws Exception {
    Ledger ledger = new Ledger();
    Aftermath aftermath = new Aftermath(node, ledger);
    List<Subscriber> subscribers =
        List.of(
            subscriber(Subscriber.Kind.WEBSOCKET, "Rows/"),
            subscriber(Subscriber.Kind.SERVER_SENT_EVENTS, "Rows/"),
            subscriber(Subscriber.Kind.MQTT_5, "Rows/#"));
    Load load = new Load(node.addresses(), ledger);
    for (int i = 0; i < RELOADS; i++) {
      ledger.awaitAcknowledgements(ledger.acknowledgements() + WRITES_BETWEEN);
      assertEquals(200, reloaded(WIDE).statusCode());
      ledger.awaitAcknowledgements(ledger.acknowledgements() + WRITES_BETWEEN);
      assertEquals(200, reloaded(NARROW).statusCode()); // all rows are held against it
    }
    assertEquals(200, reloaded(WIDE).statusCode());
    ledger.awaitAcknowledgements(ledger.acknowledgements() + WRITES_BETWEEN);
    load.awaitEnd();

    aftermath.assertRowsAreTheLastAcknowledgedOrLater();
    aftermath.assertEverythingWasToldOnce(
        subscribers.stream().<Aftermath.Told>map(told -> told::awaitThrough).toList());
    subscribers.forEach(Subscriber::close);

    node.kill();
    node.restart();
    aftermath.assertRowsAreTheLastAcknowledgedOrLater();
    assertTrue(read("/Rows").contains("{\"name\":\"n\",\"type\":\"Float\"}"), read("/Rows"));
  }

  @Test
  void whatIsAddedIsThereAtOnceAndAfterACrash() throws Exception {
    assertEquals(201, rest.put("/Rows/a", "{\"w\":\"x\",\"n\":1}").statusCode());
    assertEquals(422, rest.put("/Rows/b", "{\"n\":0.5}").statusCode());

    HttpResponse<String> answer = reloaded(WIDE);
    assertEquals(
        "{\"tables\":[{\"name\":\"Rows\","
            + "\"attributesChanged\":[{\"name\":\"n\",\"from\":\"Int\",\"to\":\"Float\"}],"
            + "\"indexesAdded\":[\"w\"]}]}",
        answer.body());
    assertEquals(201, rest.put("/Rows/b", "{\"w\":\"y\",\"n\":0.5}").statusCode());
    Await.until(
        () -> read("/Rows/?w=y&explain").contains("\"index\""), LIMIT, () -> "no index is used");
    assertEquals("[{\"w\":\"y\",\"n\":0.5,\"id\":\"b\"}]", read("/Rows/?w=y"));
    assertTrue(read("/openapi.json").contains("\"number\""));

    node.kill();
    node.restart();
    assertEquals("[{\"w\":\"y\",\"n\":0.5,\"id\":\"b\"}]", read("/Rows/?w=y&n=lt=1"));
    assertTrue(read("/Rows/?w=y&explain").contains("\"index\""), read("/Rows/?w=y&explain"));
  }

  @Test
  void protocolsOfAnExportChangeForThoseThatAreConnected() throws Exception {
    try (HiveMqttClient mqtt = HiveMqttClient.overTcp(node.addresses())) {
      publish(mqtt, 1);
      assertEquals(
          "{\"tables\":[{\"name\":\"Rows\",\"alsoChanged\":[\"protocols\"]}]}",
          reloaded(NARROW.replace("@export", "@export(mqtt: false)")).body());

      assertThrows(CompletionException.class, () -> publish(mqtt, 2)); // not allowed any more
      assertEquals("{\"n\":1,\"id\":\"a\"}", read("/Rows/a"));
      assertEquals(200, reloaded(NARROW).statusCode());
      publish(mqtt, 3);
      assertEquals("{\"n\":3,\"id\":\"a\"}", read("/Rows/a"));
    }
  }

  private static void publish(HiveMqttClient mqtt, int number) {
    mqtt.publish("Rows/a", ("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8), true);
  }

  @Test
  void hangUpReloadsToo() {
    node.changeSchema(WIDE);
    node.hangUp();
    Await.until(() -> read("/Rows").contains("Float"), LIMIT, () -> "nothing changed");
    node.changeSchema("type Rows {");
    node.hangUp();
    Await.until(
        () -> node.logTail().contains("the schema was not reloaded"), LIMIT, () -> "no word of it");
    assertTrue(node.logTail().contains("schema.graphql:1:12"), node.logTail());
    assertTrue(read("/Rows").contains("Float"));
  }

  @Test
  void whatRowsForbidIsRefusedAndNamed() throws Exception {
    assertEquals(200, reloaded(WIDE).statusCode());
    assertEquals(201, rest.put("/Rows/hall", "{\"n\":0.5}").statusCode());
    assertEquals(201, rest.put("/Rows/lab", "{\"n\":21}").statusCode());

    HttpResponse<String> refused = reloaded(NARROW);
    assertEquals(409, refused.statusCode());
    assertEquals(
        "application/problem+json", refused.headers().firstValue("Content-Type").orElse(""));
    assertTrue(
        refused
            .body()
            .contains(
                "\"errors\":[{\"attribute\":\"Rows.n\",\"detail\":\"must be a whole number of 32 bits"
                    + " (Int), but is a number with a fraction (1 row: hall)\"}]"),
        refused.body());
    assertEquals(204, rest.put("/Rows/hall", "{\"n\":0.25}").statusCode());

    assertEquals(204, rest.put("/Rows/hall", "{\"n\":2}").statusCode());
    assertEquals(200, reloaded(NARROW).statusCode());
    assertEquals(422, rest.put("/Rows/hall", "{\"n\":0.5}").statusCode());
  }

  @Test
  void whatCannotBeReloadedLeavesTheSchemaAsItIs() throws Exception {
    HttpResponse<String> faulty = reloaded("type Rows @table @export {\n  id: IDD }");
    assertEquals(400, faulty.statusCode());
    assertTrue(faulty.body().contains("schema.graphql:2:7: "), faulty.body());

    HttpResponse<String> more = reloaded(WIDE + " type Halls { id: ID @primaryKey }");
    assertEquals(409, more.statusCode());
    assertTrue(more.body().contains("table data/Halls is new. Nothing was changed"), more.body());
    assertTrue(more.body().contains("restart the node"), more.body());
    assertTrue(read("/Rows").contains("{\"name\":\"n\",\"type\":\"Int\"}"), read("/Rows"));
    assertEquals("{\"tables\":[]}", reloaded(NARROW).body());
  }

  private Subscriber subscriber(Subscriber.Kind kind, String path) {
    return kind.open(node.addresses(), path, ReloadIT::noBrowser);
  }

  private static Browser noBrowser() {
    throw new AssertionError("no browser takes part in this");
  }

  private HttpResponse<String> reloaded(String sdl) throws IOException, InterruptedException {
    node.changeSchema(sdl);
    return operations.send(
        HttpRequest.newBuilder(node.addresses().operations("/reload"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String read(String path) {
    return Rest.text(rest.get(path));
  }
}
