package dev.lyrebird.clustertests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code node/bin/lyrebird}, as a user calls it. */
final class LauncherIT {

  /** After a build the first start fills a cache, which takes longer than the start itself. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private static final Path LAUNCHER = Path.of("../node/bin/lyrebird").toAbsolutePath().normalize();

  /** What a program ends with when SIGTERM ended it: 128 + 15. */
  private static final int TERMINATED = 143;

  @TempDir Path folder;

  @Test
  void becomesTheNodeAndIsEndedBySigterm() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("lyrebird"), LAUNCHER);
    List<String> command = new ArrayList<>(List.of("env", "-C", "/", link.toString(), "start"));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    for (String port : List.of("http.port", "mqtt.network.port", "operations.port")) {
      command.addAll(List.of("--set", port + "=0"));
    }
    try (Program program = Program.start(command, folder.resolve("log"))) {
      String line = program.awaitLine(any -> true, START_LIMIT);
      assertTrue(Addresses.parse(line).isPresent(), line);
      String running = ProcessHandle.of(program.pid()).orElseThrow().info().command().orElseThrow();
      assertEquals("java", Path.of(running).getFileName().toString());
      assertTrue(Files.isDirectory(folder.resolve("data")));
      assertEquals(TERMINATED, program.terminate());
      assertEquals(List.of(line), program.lines());
    }
  }

  @Test
  void tellsTheFaultOfAConfigurationInOneLine() throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(LAUNCHER.toString(), "start", "--set", "http.prot=1")
            .redirectError(errors.toFile())
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, process.waitFor());
    assertEquals("", printed);
    assertEquals(
        "lyrebird: unknown key http.prot; the nearest known one is http.port",
        Files.readAllLines(errors).getLast());
  }
}
