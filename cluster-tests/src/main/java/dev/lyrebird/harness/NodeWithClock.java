package dev.lyrebird.harness;

import dev.lyrebird.ConfigFile;
import dev.lyrebird.Node;
import dev.lyrebird.api.Router;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node of its own process whose clock can be moved: the same node as {@code lyrebird start} runs,
 * but for the clock. Each line of standard input says how many milliseconds the clock is ahead of
 * the machine's from now on, and is answered by a line of standard output.
 */
public final class NodeWithClock {

  /** The system property with which it starts. */
  static final String AHEAD_MILLIS = "lyrebird.clock.aheadMillis";

  private NodeWithClock() {}

  /** Takes the options of {@code lyrebird start} in the order in which the harness gives them. */
  public static void main(String[] arguments) throws IOException {
    AtomicLong ahead = new AtomicLong(Long.getLong(AHEAD_MILLIS, 0));
    InstantSource clock = () -> InstantSource.system().instant().plusMillis(ahead.get());
    Node node =
        Node.start(
            ConfigFile.read(config(arguments), settings(arguments)),
            new Router(),
            clock,
            fault -> Runtime.getRuntime().halt(1));
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
    System.out.println(node.startLine());
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      ahead.set(Long.parseLong(order));
      System.out.println(told(ahead.get()));
    }
  }

  /** The line that tells that the clock is where it was ordered to be. */
  static String told(long aheadMillis) {
    return "clock ahead by " + aheadMillis + " ms";
  }

  private static Path config(String[] arguments) {
    return Path.of(after("--config", arguments).getFirst());
  }

  private static List<String> settings(String[] arguments) {
    List<String> settings = after("--set", arguments);
    after("--data", arguments).forEach(folder -> settings.add("storage.path='" + folder + "'"));
    return settings;
  }

  private static List<String> after(String option, String[] arguments) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i + 1 < arguments.length; i++) {
      if (arguments[i].equals(option)) {
        values.add(arguments[i + 1]);
      }
    }
    return values;
  }
}
