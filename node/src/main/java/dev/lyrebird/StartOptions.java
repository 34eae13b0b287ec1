package dev.lyrebird;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a node is started with. Paths given here start at the current folder. */
final class StartOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration; ${DEFAULT-VALUE} if not given.",
      defaultValue = "${sys:lyrebird.config:-${sys:lyrebird.home:-.}/conf/config.yaml}")
  private Path config = Path.of("conf/config.yaml");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the database, in place of storage.path.")
  private @Nullable Path data;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set any key of the configuration, such as http.port=0; may be repeated.")
  private List<String> settings = new ArrayList<>();

  /** The configuration asked for. */
  NodeConfig read() {
    List<String> all = new ArrayList<>(settings);
    if (data != null) {
      String path = data.toAbsolutePath().normalize().toString();
      all.add("storage.path='%s'".formatted(path.replace("'", "''")));
    }
    return ConfigFile.read(config, all);
  }
}
