package dev.lyrebird.benchmark;

import static dev.lyrebird.benchmark.Scenario.Receiver.MQTT;
import static dev.lyrebird.benchmark.Scenario.Receiver.SSE;
import static dev.lyrebird.benchmark.Scenario.Receiver.WEBSOCKET;
import static dev.lyrebird.benchmark.Scenario.Trait.PAIRED;
import static dev.lyrebird.benchmark.Scenario.Trait.RETAINED;
import static dev.lyrebird.benchmark.Scenario.Trait.WILDCARD;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/**
 * What is measured: who sends what to whom.
 *
 * @param name also the second level of its topics
 */
record Scenario(String name, Work work) {

  static final List<Scenario> ALL =
      List.of(
          new Scenario("one-to-one", new Publishing(1, 1, MQTT, 1, 0)),
          new Scenario("ten-pairs-qos1", new Publishing(10, 10, MQTT, 10, 1, PAIRED)),
          new Scenario("fan-out", new Publishing(1, 1000, MQTT, 1, 0)),
          new Scenario("fan-in", new Publishing(1000, 1, MQTT, 1000, 0, PAIRED, WILDCARD)),
          new Scenario("retained-qos1", new Publishing(10, 1, MQTT, 10_000, 1, RETAINED, WILDCARD)),
          new Scenario("latency", new Publishing(1, 1, MQTT, 1, 1).withRate(1000)),
          new Scenario("websocket-fan-out", new Publishing(1, 500, WEBSOCKET, 1, 0)),
          new Scenario("sse-fan-out", new Publishing(1, 500, SSE, 1, 0)),
          new Scenario("slow-streams", new Lagging(500, 50, 1000)),
          new Scenario("stuck-streams", new Lagging(500, 50, 0)),
          new Scenario("http-put", new Requesting("PUT", 16, 1000)),
          new Scenario("http-get", new Requesting("GET", 16, 1000)),
          new Scenario("million-rows", new Querying(1_000_000)),
          new Scenario("absent-sessions", new Absence(10_000, 10_000)),
          new Scenario("long-journal", new Resuming(10_000_000, 1000)),
          new Scenario("idle-connections", new Idling(20_000)),
          new Scenario("resource-echo", new Echoing(10_000, ResourceNode.ECHO)),
          new Scenario("resource-echo-handler", new Echoing(10_000, ResourceNode.ECHO_HANDLER)),
          new Scenario(
              "resource-hostile",
              new Misbehaving(new Publishing(1, 1, MQTT, 1, 0).withRate(1000), 10)));

  static Scenario named(String name) {
    return ALL.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException("there are " + names()));
  }

  static String names() {
    return ALL.stream().map(Scenario::name).collect(Collectors.joining(", "));
  }

  /** What the load does. */
  sealed interface Work {}

  /** With what messages are received. */
  enum Receiver {
    MQTT,
    WEBSOCKET,
    SSE
  }

  enum Trait {
    /** Publisher {@code i} uses topic {@code i} alone, and so does receiver {@code i}. */
    PAIRED,
    /** Receivers take the topics of all publishers. */
    WILDCARD,
    /** Each message replaces the row of its topic. */
    RETAINED
  }

  /**
   * MQTT publishers, and receivers of one kind.
   *
   * @param topics how many; unless paired, each message takes the next one
   * @param rate messages per second in all; 0 is as many as the server takes
   */
  record Publishing(
      int publishers,
      int receivers,
      Receiver receiver,
      int topics,
      int qos,
      int rate,
      List<Trait> traits)
      implements Work {

    Publishing(
        int publishers, int receivers, Receiver receiver, int topics, int qos, Trait... traits) {
      this(publishers, receivers, receiver, topics, qos, 0, List.of(traits));
    }

    Publishing withRate(int perSecond) {
      return new Publishing(publishers, receivers, receiver, topics, qos, perSecond, traits);
    }

    boolean is(Trait trait) {
      return traits.contains(trait);
    }

    /** Deliveries of one message. */
    int fanOut() {
      return is(PAIRED) ? 1 : receivers;
    }

    /** Deliveries that may be under way: enough to keep a server busy, too few to make it drop. */
    int mostOutstanding() {
      return fanOut() == 1 ? 5_000 : 20_000;
    }
  }

  /**
   * WebSockets and event streams on one topic, half and half, of which some lag.
   *
   * @param receivers in all
   * @param slow those that lag
   * @param bytesPerSecond what one of those reads; 0 for nothing at all
   */
  record Lagging(int receivers, int slow, int bytesPerSecond) implements Work {

    /** What is published, and received by those that keep up. */
    Publishing toTheOthers() {
      return new Publishing(1, receivers - slow, SSE, 1, 0);
    }
  }

  /** HTTP connections that each wait for the answer before the next request. */
  record Requesting(String method, int connections, int rows) implements Work {}

  /**
   * Rows that are imported, looked up and exported. Needs the tables of {@link SampleRows#SCHEMA}.
   */
  record Querying(int rows) implements Work {}

  /** Durable sessions with one subscription to the same topic, which messages come to meanwhile. */
  record Absence(int sessions, int messages) implements Work {}

  /**
   * Event streams that go on within a journal of so many messages, which came to so many topics in
   * turn. By default a journal does not grow so large: {@code storage.journalMaxBytes}.
   */
  record Resuming(int entries, int topics) implements Work {}

  /** MQTT connections on which nothing happens. */
  record Idling(int connections) implements Work {}

  /**
   * WebSockets that send messages to code of {@link ResourceNode}, and get them back.
   *
   * @param path of the code
   */
  record Echoing(int connections, String path) implements Work {}

  /**
   * Messages, and as many echoes from a route, beside other routes whose code and clients do what
   * none should.
   *
   * @param peers WebSockets that share the echoes
   */
  record Misbehaving(Publishing messages, int peers) implements Work {}

  /** Whether it takes a {@link ResourceNode}. */
  boolean needsResources() {
    return work instanceof Echoing || work instanceof Misbehaving;
  }

  /** Whether a server that speaks MQTT alone can take part. */
  boolean isMqttOnly() {
    return work instanceof Publishing publishing && publishing.receiver() == MQTT;
  }

  /** The topic of this number, which is a path as well. */
  String topic(int number) {
    return "bench/" + name + "/t" + number;
  }

  /** The path of all topics. */
  String prefix() {
    return "bench/" + name + "/";
  }

  String allTopics() {
    return prefix() + "#";
  }
}
