package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.NodeSetup;
import dev.lyrebird.harness.Weather;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * The state of a row is the fold of its changes in the order of their versions, whatever the order
 * in which they came.
 *
 * <p>Node 1 makes a row, which all get. Then nobody reaches anybody: node 2 changes it late and
 * node 1 earlier, by their clocks. Node 3 meets node 2 first, so that the earlier changes come last
 * to both; to node 1 they come in their order.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class ArrivalOrdersIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** When the row is made, in seconds of the nodes' clocks. */
  private static final int FIRST = 50;

  /** One request to a row at a time of the clock. */
  private record Step(int node, int second, String method, String json) {}

  private static Step byNode2(int second, String method, String json) {
    return new Step(2, second, method, json);
  }

  private static Step byNode1(int second, String method, String json) {
    return new Step(1, second, method, json);
  }

  /** What happens to one row, and what it must be in the end. */
  private record Story(String row, String first, String expected, List<Step> steps) {
    Story(String row, String first, String expected, Step... steps) {
      this(row, first, expected, List.of(steps));
    }
  }

  private static final List<Story> STORIES =
      List.of(
          new Story(
              "anOlderPutDoesNotUndoAPatch",
              "{'a':1,'b':1}",
              "{'a':2,'b':9}",
              byNode2(200, "PATCH", "{'b':9}"),
              byNode1(100, "PUT", "{'a':2,'b':2}")),
          new Story(
              "olderPatchesFillOnlyWhatNoLaterOneSet",
              "{'a':1}",
              "{'a':1,'b':'new','c':'mid'}",
              byNode2(200, "PATCH", "{'b':'new'}"),
              byNode1(100, "PATCH", "{'b':'old','c':'old'}"),
              byNode1(150, "PATCH", "{'b':'mid','c':'mid'}")),
          new Story(
              "aPutReplacesThePatchesBeforeItAlone",
              "{'z':1}",
              "{'a':1,'b':1}",
              byNode2(300, "PATCH", "{'b':1}"),
              byNode1(100, "PATCH", "{'c':1}"),
              byNode1(200, "PUT", "{'a':1}")),
          new Story(
              "aPatchOutlivesAnOlderDelete",
              "{'a':1}",
              "{'b':1}",
              byNode2(300, "PATCH", "{'b':1}"),
              byNode1(200, "DELETE", "")),
          new Story(
              "additionsAddUpInAnyOrder",
              "{'n':0}",
              "{'n':10}",
              byNode2(200, "PATCH", add(5)),
              byNode1(100, "PATCH", add(3)),
              byNode1(150, "PATCH", add(2))),
          new Story(
              "anAdditionAddsToAnOlderValueThatComesLater",
              "{'n':0}",
              "{'n':105}",
              byNode2(200, "PATCH", add(5)),
              byNode1(100, "PATCH", "{'n':100}")),
          new Story(
              "anOlderAdditionIsCoveredByAValue",
              "{'n':0}",
              "{'n':100}",
              byNode2(200, "PATCH", "{'n':100}"),
              byNode1(100, "PATCH", add(3))));

  private final Scene scene =
      Scene.onNetwork(
              "orders",
              setup ->
                  setup
                      .with(NodeSetup::withMovableClock)
                      .set("cluster.maxClockSkewSeconds", "3600"))
          .unwatched();

  @AfterAll
  void close() {
    scene.close();
  }

  @Test
  void everyOrderOfArrivalGivesTheFoldInVersionOrder() {
    List<SseClient> subscribers =
        scene.cluster().nodes().stream()
            .map(node -> SseClient.open(node.addresses().http("/" + Scene.TABLE + "/")))
            .toList();
    try {
      STORIES.forEach(story -> perform(story.row(), byNode1(FIRST, "PUT", story.first())));
      awaitAgreement();
      scene.network().set(Weather.CLEAR.partitioned(List.of(Set.of(1), Set.of(2), Set.of(3))));
      performInOrderOfTime();
      scene.network().set(Weather.CLEAR.partitioned(List.of(Set.of(1), Set.of(2, 3))));
      awaitLateChangesOn(scene.node(3));
      scene.network().set(Weather.CLEAR);
      awaitAgreement();
      assertAll(
          STORIES.stream()
              .flatMap(story ->
                  scene.cluster().nodes().stream().map(node -> () -> assertRow(story, node))));
      assertAll(
          STORIES.stream()
              .flatMap(story ->
                  subscribers.stream()
                      .map(subscriber -> () -> assertLastEvent(story, subscriber))));
    } finally {
      subscribers.forEach(SseClient::close);
    }
  }

  private void performInOrderOfTime() {
    record Due(String row, Step step) {}
    List<Due> due = new ArrayList<>();
    STORIES.forEach(story -> story.steps().forEach(step -> due.add(new Due(story.row(), step))));
    due.sort(Comparator.comparingInt(one -> one.step().second()));
    due.forEach(one -> perform(one.row(), one.step()));
  }

  private void perform(String row, Step step) {
    NodeProcess node = scene.node(step.node());
    node.setClock(Duration.ofSeconds(step.second()));
    try (Rest rest = new Rest(node.addresses())) {
      HttpResponse<byte[]> answer =
          rest.send(
              step.method(),
              path(row),
              step.json().isEmpty() ? "" : "application/json",
              json(step.json()));
      assertTrue(answer.statusCode() < 300, () -> row + " " + step + ": " + answer.statusCode());
    }
  }

  private void awaitAgreement() {
    var _ = scene.cluster().awaitAgreement(Scene.TABLE, LIMIT);
  }

  /** Node 2 has told {@code node} all of its changes, node 1 none. */
  private void awaitLateChangesOn(NodeProcess node) {
    Map<String, Long> wanted = scene.cluster().report(scene.node(2)).vector(Scene.TABLE);
    var _ =
        Await.until(
            () -> scene.cluster().report(node).vector(Scene.TABLE).equals(wanted),
            LIMIT,
            () -> node.name() + " has not all of n2: " + scene.cluster().report(node));
  }

  private void assertRow(Story story, NodeProcess node) {
    assertEquals(
        expected(story),
        scene.cluster().rows(node, Scene.TABLE).get(story.row()),
        () -> story.row() + " on " + node.name());
  }

  private void assertLastEvent(Story story, SseClient subscriber) throws JsonProcessingException {
    Map<String, JsonNode> last = new HashMap<>();
    for (var event : subscriber.inbox().all()) {
      JsonNode json = JSON.readTree(event.data());
      last.put(json.path("id").asText(), json.path("value"));
    }
    assertEquals(expected(story), last.get(story.row()), () -> "told last of " + story.row());
  }

  private static JsonNode expected(Story story) {
    try {
      ObjectNode row = (ObjectNode) JSON.readTree(json(story.expected()));
      return row.put("id", story.row());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static String add(int value) {
    return "{'n':{'__op__':'add','value':" + value + "}}";
  }

  private static String json(String withApostrophes) {
    return withApostrophes.replace('\'', '"');
  }

  private static String path(String row) {
    return "/" + Scene.TABLE + "/" + row;
  }
}
