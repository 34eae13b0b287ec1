package dev.lyrebird.examples;

import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An example that runs: {@code node/bin/lyrebird run} on free ports with data of its own. */
final class Example implements AutoCloseable {

  /** After a build the first start fills a cache, which takes longer than the start itself. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final Program program;
  private final Addresses addresses;

  private Example(Program program) {
    this.program = program;
    String line = program.awaitLine(any -> Addresses.parse(any).isPresent(), START_LIMIT);
    this.addresses = Addresses.parse(line).orElseThrow();
  }

  /**
   * Starts a program.
   *
   * @param file below {@code conf/examples}
   * @param folder where its data and its log go
   * @param settings {@code key=value} each
   */
  static Example start(String file, Path folder, String... settings) {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("node/bin/lyrebird").toString());
    command.addAll(List.of("run", ROOT.resolve("conf/examples").resolve(file).toString()));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    for (String port : List.of("http.port", "mqtt.network.port", "operations.port")) {
      command.addAll(List.of("--set", port + "=0"));
    }
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    return new Example(Program.start(command, folder.resolve("log")));
  }

  Addresses addresses() {
    return addresses;
  }

  @Override
  public void close() {
    program.close();
  }
}
