package dev.lyrebird.acceptance;

import static dev.lyrebird.acceptance.MatrixLine.line;
import static dev.lyrebird.acceptance.Writers.expiry;
import static dev.lyrebird.acceptance.Writers.frameOnRow;
import static dev.lyrebird.acceptance.Writers.frameOnTable;
import static dev.lyrebird.acceptance.Writers.mqtt311;
import static dev.lyrebird.acceptance.Writers.mqtt5;
import static dev.lyrebird.acceptance.Writers.mqtt5OverWebSocket;
import static dev.lyrebird.acceptance.Writers.nothing;
import static dev.lyrebird.acceptance.Writers.postToTable;
import static dev.lyrebird.acceptance.Writers.rest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lyrebird.acceptance.MatrixLine.After;
import dev.lyrebird.acceptance.MatrixLine.Event;
import dev.lyrebird.acceptance.MatrixLine.Mqtt;
import dev.lyrebird.acceptance.Writers.Act;
import dev.lyrebird.harness.NodeProcess;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Every kind of write against every kind of subscriber, connected before and after the write: the
 * exact bytes of what each sees, and that it sees nothing else.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class MatrixIT {

  private static final String SCHEMA =
      """
      type Rows @table @export { id: ID @primaryKey }
      type Fleeting @table(expiration: 1) @export { id: ID @primaryKey }
      """;

  private static final String T0 = "{\"temp\":0}";
  private static final String T1 = "{\"temp\":1}";
  private static final String R0 = "{\"temp\":0,\"id\":\"$id\"}";
  private static final String R1 = "{\"temp\":1,\"id\":\"$id\"}";
  private static final String NOTE = "{\"note\":\"hi\"}";

  private static final Act PUT_T0 = rest("PUT", T0, 201);
  private static final Act RETAIN_T0 = mqtt5(T0, true);

  /** One line a row: name, before, write; what MQTT sees, what events tell; what is left. */
  private static final List<MatrixLine> LINES =
      List.of(
          // The row is replaced.
          line(
              "REST PUT of a new row",
              nothing(),
              rest("PUT", T1, 201),
              Mqtt.payload(R1),
              Event.put(R1),
              After.row(R1, R1)),
          line(
              "REST PUT over a row",
              rest("PUT", "{\"temp\":0,\"old\":true}", 201),
              rest("PUT", T1, 204),
              Mqtt.payload(R1),
              Event.put(R1),
              After.row(R1, R1)),
          line(
              "REST PUT with another id in its body",
              nothing(),
              rest("PUT", "{\"id\":\"other\",\"temp\":1}", 201),
              Mqtt.payload("{\"id\":\"$id\",\"temp\":1}"),
              Event.put("{\"id\":\"$id\",\"temp\":1}"),
              After.row("{\"id\":\"$id\",\"temp\":1}", "{\"id\":\"$id\",\"temp\":1}")),
          line(
              "REST POST to the table",
              nothing(),
              postToTable("{\"id\":\"$id\",\"temp\":1}"),
              Mqtt.payload("{\"id\":\"$id\",\"temp\":1}"),
              Event.put("{\"id\":\"$id\",\"temp\":1}"),
              After.row("{\"id\":\"$id\",\"temp\":1}", "{\"id\":\"$id\",\"temp\":1}")),
          line(
              "WebSocket put on the table's socket",
              nothing(),
              frameOnTable("{\"id\":\"$id\",\"value\":{\"temp\":1},\"type\":\"put\"}"),
              Mqtt.payload(R1),
              Event.put(R1),
              After.row(R1, R1)),
          line(
              "MQTT 5 retained, new row",
              nothing(),
              mqtt5(T1, true),
              Mqtt.payload(T1),
              Event.put(R1),
              After.row(T1, R1)),
          line(
              "MQTT 5 retained over a row",
              PUT_T0,
              mqtt5(T1, true),
              Mqtt.payload(T1),
              Event.put(R1),
              After.row(T1, R1)),
          line(
              "MQTT 3.1.1 retained",
              RETAIN_T0,
              mqtt311(T1, true),
              Mqtt.payload(T1),
              Event.put(R1),
              After.row(T1, R1)),
          line(
              "MQTT 5 over WebSocket retained",
              RETAIN_T0,
              mqtt5OverWebSocket(T1, true),
              Mqtt.payload(T1),
              Event.put(R1),
              After.row(T1, R1)),

          // The row is merged.
          line(
              "REST PATCH of a row from REST",
              PUT_T0,
              rest("PATCH", T1, 204),
              Mqtt.payload(R1),
              Event.put(R1),
              After.row(R1, R1)),
          line(
              "REST PATCH of a row from MQTT",
              RETAIN_T0,
              rest("PATCH", T1, 204),
              Mqtt.payload(R1),
              Event.put(R1),
              After.row(R1, R1)),
          line(
              "REST PATCH that adds an attribute",
              RETAIN_T0,
              rest("PATCH", NOTE, 204),
              Mqtt.payload("{\"note\":\"hi\",\"temp\":0,\"id\":\"$id\"}"),
              Event.put("{\"note\":\"hi\",\"temp\":0,\"id\":\"$id\"}"),
              After.row(
                  "{\"note\":\"hi\",\"temp\":0,\"id\":\"$id\"}",
                  "{\"note\":\"hi\",\"temp\":0,\"id\":\"$id\"}")),
          line(
              "WebSocket patch on the table's socket",
              PUT_T0,
              frameOnTable("{\"id\":\"$id\",\"value\":{\"temp\":1},\"type\":\"patch\"}"),
              Mqtt.payload(R1),
              Event.put(R1),
              After.row(R1, R1)),

          // The row is gone.
          line(
              "REST DELETE",
              PUT_T0,
              rest("DELETE", "", 204),
              Mqtt.payload(""),
              Event.delete(),
              After.gone()),
          line(
              "WebSocket delete on the table's socket",
              PUT_T0,
              frameOnTable("{\"id\":\"$id\",\"type\":\"delete\"}"),
              Mqtt.payload(""),
              Event.delete(),
              After.gone()),
          line(
              "MQTT 5 retained, empty",
              RETAIN_T0,
              mqtt5("", true),
              Mqtt.payload(""),
              Event.delete(),
              After.gone()),
          line(
              "MQTT 3.1.1 retained, empty",
              PUT_T0,
              mqtt311("", true),
              Mqtt.payload(""),
              Event.delete(),
              After.gone()),
          line(
              "MQTT 5 over WebSocket retained, empty",
              PUT_T0,
              mqtt5OverWebSocket("", true),
              Mqtt.payload(""),
              Event.delete(),
              After.gone()),
          line(
                  "expiry of a row",
                  nothing(),
                  rest("PUT", T1, 201).then(expiry()),
                  new Mqtt(List.of("live " + R1, "live ")),
                  new Event(List.of(Events.put("$id", R1), Events.delete("$id"))),
                  After.gone())
              .in("Fleeting"),

          // The row is untouched.
          line(
              "MQTT 5 not retained, beside a row",
              RETAIN_T0,
              mqtt5(NOTE, false),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.row(T0, R0)),
          line(
              "MQTT 5 not retained, without a row",
              nothing(),
              mqtt5(NOTE, false),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.gone()),
          line(
              "MQTT 3.1.1 not retained",
              PUT_T0,
              mqtt311(NOTE, false),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.row(R0, R0)),
          line(
              "MQTT 5 over WebSocket not retained",
              PUT_T0,
              mqtt5OverWebSocket(NOTE, false),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.row(R0, R0)),
          line(
              "WebSocket frame on the row's socket",
              PUT_T0,
              frameOnRow(NOTE),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.row(R0, R0)),
          line(
              "WebSocket message on the table's socket",
              PUT_T0,
              frameOnTable("{\"id\":\"$id\",\"value\":{\"note\":\"hi\"},\"type\":\"message\"}"),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.row(R0, R0)),
          line(
              "WebSocket frame without a type on the table's socket",
              nothing(),
              frameOnTable("{\"id\":\"$id\",\"value\":{\"note\":\"hi\"}}"),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.gone()),
          line(
              "REST POST to the row",
              PUT_T0,
              rest("POST", NOTE, 202),
              Mqtt.payload(NOTE),
              Event.message(NOTE),
              After.row(R0, R0)),

          // Nothing happens.
          line(
              "REST PATCH of nothing",
              PUT_T0,
              rest("PATCH", "{}", 204),
              Mqtt.silent(),
              Event.silent(),
              After.row(R0, R0)),
          line(
              "REST DELETE of an absent row",
              nothing(),
              rest("DELETE", "", 404),
              Mqtt.silent(),
              Event.silent(),
              After.gone()),
          line(
              "REST PATCH of an absent row",
              nothing(),
              rest("PATCH", T1, 404),
              Mqtt.silent(),
              Event.silent(),
              After.gone()));

  private final NodeProcess node = NodeProcess.start(Nodes.named("matrix").schema(SCHEMA));
  private final Writers writers = new Writers(node.addresses());
  private final LazyBrowser browser = new LazyBrowser(node.addresses());

  @AfterAll
  void stop() {
    browser.close();
    writers.close();
    node.close();
  }

  @TestFactory
  Stream<DynamicContainer> everySubscriberSeesEveryWriteOnceAndInTheseBytes() {
    return LINES.stream()
        .map(line -> dynamicContainer(line.name(), Stream.of(line).flatMap(this::cells)));
  }

  /** Performs the line, once, when its first cell is asked for. */
  private Stream<DynamicTest> cells(MatrixLine line) {
    MatrixTrial trial = MatrixTrial.perform(line, node.addresses(), writers, browser);
    Stream<DynamicTest> live =
        Stream.of(Subscriber.Kind.values())
            .map(kind ->
                dynamicTest(
                    "live " + kind,
                    () -> assertEquals(line.live(kind, trial.id()), trial.live(kind))));
    Stream<DynamicTest> later =
        Stream.of(Subscriber.Kind.values())
            .map(kind ->
                dynamicTest(
                    "later " + kind,
                    () -> assertEquals(line.later(kind, trial.id()), trial.later(kind))));
    DynamicTest shown =
        dynamicTest("GET", () -> assertEquals(line.shown(trial.id()), trial.shown()));
    return Stream.of(live, later, Stream.of(shown)).flatMap(cells -> cells);
  }
}
