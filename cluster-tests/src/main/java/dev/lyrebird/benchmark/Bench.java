package dev.lyrebird.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Mosquitto;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.NodeSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command line of the benchmark. Prints one line of JSON for each scenario and server. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what a message costs a node, and how fast it goes.",
      "Starts a node with an empty data folder, unless a running server is named."
    })
public final class Bench implements Callable<Integer> {

  private static final Path FOLDER = BuildFolder.of("bench");

  @Option(
      names = "--scenario",
      split = ",",
      completionCandidates = ScenarioNames.class,
      description = "What to run, in this order: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Scenario> scenarios = Scenario.ALL;

  @Option(names = "--mosquitto", description = "Run each against a mosquitto of its own as well.")
  private boolean withMosquitto;

  @Option(
      names = "--sqlite",
      description = "Run what imports and finds rows against SQLite as well.")
  private boolean withSqlite;

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      description = "The MQTT port of a running server to measure instead of a new node.")
  private @Nullable String target;

  @Option(names = "--http-port", description = "HTTP port of the target, if it has one.")
  private int httpPort;

  @Option(names = "--pid", description = "Process of the target, whose processor time counts.")
  private long pid;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A key of the new node's configuration, such as storage.sync=always.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(names = "--warmup", description = "Seconds before the window (${DEFAULT-VALUE}).")
  private double warmupSeconds = 5;

  @Option(names = "--seconds", description = "Seconds of the window (${DEFAULT-VALUE}).")
  private double seconds = 10;

  @Option(names = "--payload", description = "Bytes of a message (${DEFAULT-VALUE}).")
  private int payloadBytes = 128;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench())
            .registerConverter(Scenario.class, Scenario::named)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (payloadBytes < Stamp.SHORTEST_PAYLOAD) {
      throw refused("--payload must be at least " + Stamp.SHORTEST_PAYLOAD);
    }
    if (target != null) {
      runAgainst(running(target), scenarios);
    } else {
      runAgainstNewNodes();
    }
    if (withMosquitto) {
      try (Mosquitto mosquitto = Mosquitto.start(FOLDER.resolve("mosquitto"))) {
        runAgainst(
            Server.of("mosquitto", "127.0.0.1", mosquitto.port(), 0, mosquitto.pid()), scenarios);
      }
    }
    if (withSqlite) {
      runSqlite();
    }
    return CommandLine.ExitCode.OK;
  }

  private void runSqlite() throws IOException {
    for (Scenario scenario : scenarios) {
      if (scenario.work() instanceof Scenario.Querying(int rows)) {
        SampleRows samples = new SampleRows(rows);
        print(new SqliteRun(scenario, samples, size(), FOLDER.resolve("sqlite")).perform());
      }
    }
  }

  /** What measures users' code has a node of its own, so that the others are what users start. */
  private void runAgainstNewNodes() throws IOException {
    Map<Boolean, List<Scenario>> parts =
        scenarios.stream().collect(Collectors.partitioningBy(Scenario::needsResources));
    NodeSetup setup =
        NodeSetup.in(FOLDER.resolve("node")).shippedJvm().schemaBesides(SampleRows.SCHEMA);
    runAgainstNewNode(setup, parts.getOrDefault(false, List.of()));
    NodeSetup ofCode =
        NodeSetup.in(FOLDER.resolve("resource-node")).shippedJvm().startedBy(ResourceNode.class);
    runAgainstNewNode(ofCode, parts.getOrDefault(true, List.of()));
  }

  private void runAgainstNewNode(NodeSetup plain, List<Scenario> wanted) throws IOException {
    if (wanted.isEmpty()) {
      return;
    }
    NodeSetup setup = plain;
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      setup = setup.set(setting.getKey(), setting.getValue());
    }
    try (NodeProcess node = NodeProcess.start(setup)) {
      var at = node.addresses();
      runAgainst(Server.of("lyrebird", at.host(), at.mqtt(), at.http(), node.pid()), wanted);
    }
  }

  private Server running(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 0 || pid == 0) {
      throw refused("--target takes HOST:PORT, together with --pid");
    }
    return Server.of(
        address,
        address.substring(0, colon),
        Integer.parseInt(address.substring(colon + 1)),
        httpPort,
        pid);
  }

  private void runAgainst(Server server, List<Scenario> wanted) throws IOException {
    for (Scenario scenario : wanted) {
      if (scenario.isMqttOnly() || server.http().isPresent()) {
        print(new Run(scenario, server, size()).perform());
      }
    }
  }

  private Run.Size size() {
    return new Run.Size(warmupSeconds, seconds, payloadBytes);
  }

  private static void print(Outcome outcome) throws JsonProcessingException {
    System.out.println(new ObjectMapper().writeValueAsString(outcome));
  }

  private ParameterException refused(String why) {
    if (spec == null) {
      throw new IllegalStateException("picocli did not fill in the command");
    }
    return new ParameterException(spec.commandLine(), why);
  }

  /** For the help text. */
  static final class ScenarioNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Scenario.ALL.stream().map(Scenario::name).iterator();
    }
  }
}
