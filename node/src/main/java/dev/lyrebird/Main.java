package dev.lyrebird;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line. It parses and reports; what a node is stands elsewhere. */
@Command(
    name = "lyrebird",
    description = "A real-time database: one table behind MQTT, WebSocket, SSE and REST.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main {

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  /** The version that the build wrote into the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"lyrebird " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
