package dev.lyrebird;

import dev.lyrebird.api.Router;
import dev.lyrebird.cluster.ClusterException;
import dev.lyrebird.schema.SchemaException;
import dev.lyrebird.table.StorageException;
import dev.lyrebird.table.UnfitRowsException;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command line. It parses and reports; what a node is stands in {@link Node}. */
@Command(
    name = "lyrebird",
    description = "A real-time database: one table behind MQTT, WebSocket, SSE and REST.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {Main.Start.class, Check.class, ScramUser.class})
public final class Main {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  public static void main(String[] arguments) {
    run(new Main(), arguments);
  }

  /** Runs a command; what it refuses ends the process. */
  static void run(Object command, String... arguments) {
    int status =
        new CommandLine(command).setExecutionExceptionHandler(Main::report).execute(arguments);
    if (status != 0) {
      System.exit(status);
    }
  }

  /** What the user can mend is one line; anything else is a fault of ours and shows its trace. */
  static int report(Exception fault, CommandLine commandLine, CommandLine.ParseResult arguments)
      throws Exception {
    if (!(fault instanceof ConfigException
        || fault instanceof ClusterException
        || fault instanceof SchemaException
        || fault instanceof StorageException
        || fault instanceof UnfitRowsException)) {
      throw fault;
    }
    commandLine.getErr().println("lyrebird: " + fault.getMessage());
    return CommandLine.ExitCode.USAGE;
  }

  /**
   * Ends the process at once. What cannot go on is the storage, and a node that ends without
   * further ado is one that recovers as from any crash.
   */
  static void fall(Throwable fault) {
    LOG.error("the node cannot go on", fault);
    Runtime.getRuntime().halt(CommandLine.ExitCode.SOFTWARE);
  }

  /** Starts a node; its event loops keep the process alive until it is told to stop. */
  @Command(
      name = "start",
      description = "Starts a node, and tells its addresses when it accepts clients.",
      mixinStandardHelpOptions = true)
  static final class Start implements Callable<Integer> {

    @Mixin private StartOptions options = new StartOptions();

    private final Router router;

    Start() {
      this(new Router());
    }

    Start(Router router) {
      this.router = router;
    }

    @Override
    public Integer call() throws Exception {
      Node node = Node.start(options.read(), router);
      Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
      HangUp.runs(node::reloadSchema);
      System.out.println(node.startLine());
      return CommandLine.ExitCode.OK;
    }
  }
}
