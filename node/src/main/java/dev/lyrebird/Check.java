package dev.lyrebird;

import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.RocksStoppedStorage;
import dev.lyrebird.table.StorageException;
import dev.lyrebird.table.TableCheck;
import dev.lyrebird.table.TableStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks through the storage of a node that does not run. */
@Command(
    name = "check",
    description = {
      "Looks through the storage of a node that does not run, and tells what is at fault in it.",
      "Nothing is changed. Exits with 0 where all is well, with 1 where there are faults."
    },
    mixinStandardHelpOptions = true)
final class Check implements Callable<Integer> {

  @Mixin private StartOptions options = new StartOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    NodeConfig config = options.read();
    Map<String, TableDefinition> definitions =
        Node.definitions(config).stream()
            .collect(Collectors.toMap(TableDefinition::qualifiedName, Function.identity()));
    PrintWriter out = spec.commandLine().getOut();
    long faults = 0;
    try (RocksStoppedStorage storage = new RocksStoppedStorage(Path.of(config.storage().path()))) {
      for (String name : storage.tables()) {
        faults += check(name, definitions.get(name), storage, out);
      }
    }
    out.println(faults == 0 ? "no faults" : faults == 1 ? "1 fault" : faults + " faults");
    out.flush();
    return faults == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static long check(
      String name,
      @Nullable TableDefinition definition,
      RocksStoppedStorage storage,
      PrintWriter out) {
    Consumer<String> faults = fault -> out.println("%s: %s".formatted(name, fault));
    TableStore store;
    try {
      store = storage.table(name);
    } catch (StorageException e) {
      faults.accept(String.valueOf(e.getMessage()));
      return 1;
    }
    TableCheck.Seen seen = new TableCheck(definition, store, faults).look();
    out.println(line(name, definition != null, seen));
    return seen.faults();
  }

  private static String line(String name, boolean isInSchema, TableCheck.Seen seen) {
    return "%s%s: %d entries in %d pages of the journal, %d rows, %d entries in %d indexes"
        .formatted(
            name,
            isInSchema ? "" : " (not in the schema)",
            seen.entries(),
            seen.pages(),
            seen.rows(),
            seen.indexEntries(),
            seen.indexes());
  }
}
