package dev.lyrebird.ordering;

import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of the ordering report. */
@Command(
    name = "ordering-report",
    mixinStandardHelpOptions = true,
    description = {
      "Shows in which order changes reach the nodes of a cluster.",
      "Starts three nodes with clocks that differ, writes at each through delays and a partition,",
      "and writes a page with what every node saw and whether that is what is promised."
    })
public final class OrderingReport implements Callable<Integer> {

  private static final Path FOLDER = BuildFolder.of("ordering");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to write the page (${DEFAULT-VALUE}).")
  private Path page = Path.of("ordering-report.html");

  @Option(names = "--seed", description = "Replays the choices of a run: what is written, when.")
  private long seed = System.nanoTime();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new OrderingReport()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    System.err.println("ordering-report: three nodes start; --seed " + seed);
    try (Play play = new Play(FOLDER, seed)) {
      Trace trace = play.perform();
      Files.writeString(page, Page.of(trace));
      trace.verdicts().forEach(System.out::println);
      System.out.println(page.toAbsolutePath().normalize());
      return trace.verdicts().stream().allMatch(Verdict::holds)
          ? CommandLine.ExitCode.OK
          : CommandLine.ExitCode.SOFTWARE;
    }
  }
}
