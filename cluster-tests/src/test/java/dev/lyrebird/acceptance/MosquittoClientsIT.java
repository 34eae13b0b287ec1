package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Tool;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.Program;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line clients of mosquitto: {@code mosquitto_pub}, {@code _sub} and {@code _rr}. */
@TestInstance(Lifecycle.PER_CLASS)
final class MosquittoClientsIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final NodeProcess node = NodeProcess.start(Nodes.named("mosquitto-clients"));

  @AfterAll
  void stop() {
    node.close();
  }

  /** With {@code -c} the session outlives the program; from MQTT 5 on it says for how long. */
  @ParameterizedTest
  @ValueSource(strings = {"mqttv311", "mqttv5"})
  void aSessionGetsWhatCameMeanwhileAtEveryQos(String version) {
    String topic = "mosquitto/" + version;
    List<String> session = new ArrayList<>(List.of("-V", version, "-c", "-i", version, "-q", "2"));
    if (version.equals("mqttv5")) {
      session.addAll(List.of("-x", "60"));
    }
    var _ = run("mosquitto_sub", session, "-t", topic, "-E");
    for (String qos : List.of("1", "2")) {
      var _ = run("mosquitto_pub", List.of("-V", version), "-t", topic, "-q", qos, "-m", "m" + qos);
    }
    assertEquals(
        "1 m1\n2 m2\n", run("mosquitto_sub", session, "-t", topic, "-C", "2", "-F", "%q %p"));
  }

  @Test
  void userPropertiesAndQos0ReachALiveSubscriber() {
    try (Program subscriber = subscriber("-t", "mosquitto/live", "-F", "%q %p %P")) {
      var _ =
          run(
              "mosquitto_pub",
              List.of("-V", "mqttv5", "-D", "publish", "user-property", "of", "mosquitto"),
              "-t",
              "mosquitto/live",
              "-m",
              "now");
      assertEquals("0 now of:mosquitto", awaitMessage(subscriber, "now"));
    }
  }

  @Test
  void aRetainedMessageWaits() {
    var _ = run("mosquitto_pub", List.of("-r", "-q", "2"), "-t", "mosquitto/kept", "-m", "7");
    assertEquals(
        "1 7\n", run("mosquitto_sub", List.of("-C", "1"), "-t", "mosquitto/kept", "-F", "%r %p"));
  }

  @Test
  void theWillOfAProgramThatIsKilledIsPublished() {
    try (Program watcher = subscriber("-t", "mosquitto/will", "-F", "%p");
        Program doomed =
            subscriber(
                "-t",
                "mosquitto/any",
                "--will-topic",
                "mosquitto/will",
                "--will-payload",
                "gone")) {
      doomed.kill();
      assertEquals("gone", awaitMessage(watcher, "gone"));
    }
  }

  @Test
  void aRequestIsAnsweredWhereItAsksFor() {
    try (HiveMqttClient responder = HiveMqttClient.overTcp(node.addresses())) {
      responder.subscribe("mosquitto/request");
      var _ = responder.publishes().follow(request -> responder.send(answer(request)).join());
      assertEquals(
          "answer to ask\n",
          run(
              "mosquitto_rr",
              List.of("-V", "mqttv5", "-q", "2", "-W", "20"),
              "-t",
              "mosquitto/request",
              "-e",
              "mosquitto/response",
              "-m",
              "ask"));
    }
  }

  private static Mqtt5Publish answer(Mqtt5Publish request) {
    String question = new String(request.getPayloadAsBytes(), StandardCharsets.UTF_8);
    return Mqtt5Publish.builder()
        .topic(request.getResponseTopic().orElseThrow())
        .payload(("answer to " + question).getBytes(StandardCharsets.UTF_8))
        .correlationData(request.getCorrelationData().orElse(null))
        .qos(MqttQos.EXACTLY_ONCE)
        .build();
  }

  /** A subscriber of MQTT 5 that says when it is subscribed, and each line at once. */
  private Program subscriber(String... arguments) {
    List<String> command = new ArrayList<>(Tool.require("stdbuf").command("-oL"));
    command.addAll(at("mosquitto_sub", List.of("-V", "mqttv5", "-d"), arguments));
    Program program = Program.start(command, Nodes.log("mosquitto_sub"));
    var _ = program.awaitLine(line -> line.startsWith("Subscribed"), LIMIT);
    return program;
  }

  /** The line of a message among those that {@code -d} adds. */
  private static String awaitMessage(Program subscriber, String payload) {
    return subscriber.awaitLine(
        line -> !line.startsWith("Client ") && line.contains(payload), LIMIT);
  }

  private String run(String program, List<String> options, String... arguments) {
    return Program.run(at(program, options, arguments));
  }

  private List<String> at(String program, List<String> options, String... arguments) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("-h", node.addresses().host()));
    all.addAll(List.of("-p", Integer.toString(node.addresses().mqtt())));
    all.addAll(List.of(arguments));
    return Tool.require(program).command(all.toArray(String[]::new));
  }
}
