package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.RocksStorage;
import dev.lyrebird.table.Table;
import dev.lyrebird.table.TableStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an operator sees of a check, and how it exits. */
final class CheckTest {

  @TempDir Path folder;
  private final StringWriter printed = new StringWriter();

  @Test
  void soundStorageIsToldATableALine() {
    fill("data/sensors", store -> {});
    assertEquals(0, check());
    assertEquals(
        """
        data/sensors: 1 entries in 1 pages of the journal, 1 rows, 0 entries in 0 indexes
        no faults
        """,
        printed.toString());
  }

  @Test
  void faultsAreToldALineEachAndMakeTheCheckFail() {
    fill(
        "data/gone",
        store ->
            store.build(List.of(), List.of(new TableStore.IndexEntry(3, new byte[] {1}, "a"))));
    assertEquals(1, check());
    assertEquals(
        """
        data/gone: there are entries of an index with the number 3, which there is not
        data/gone (not in the schema): 1 entries in 1 pages of the journal, 1 rows, 0 entries in 0 \
        indexes
        1 fault
        """,
        printed.toString());
  }

  @Test
  void whereThereIsNoStorageThatIsTold() {
    assertEquals(2, check());
    assertEquals("lyrebird: there is no storage in " + folder + "\n", printed.toString());
  }

  private void fill(String name, Consumer<TableStore> fault) {
    RocksStorage.Settings settings =
        new RocksStorage.Settings(RocksStorage.Sync.OS, 8 << 20, 8 << 20);
    try (RocksStorage storage = new RocksStorage(folder, settings, () -> 1)) {
      TableStore store = storage.table(name);
      HybridClock clock = new HybridClock(() -> Instant.EPOCH, 0, 0);
      Table table = new Table(sensors(), store, clock, 1);
      Payload row = Payload.json("{\"temperature\":20}".getBytes(StandardCharsets.UTF_8));
      table.write(List.of(new Table.Request(Write.put("a", row), Condition.NONE)));
      table.settle();
      fault.accept(store);
    }
  }

  private static TableDefinition sensors() {
    NodeConfig config =
        CommandLine.populateCommand(new StartOptions(), "--config", "../conf/config.yaml").read();
    return Node.definitions(config).stream()
        .filter(table -> table.qualifiedName().equals("data/sensors"))
        .findFirst()
        .orElseThrow();
  }

  private int check() {
    PrintWriter out = new PrintWriter(printed, true);
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(out)
        .setExecutionExceptionHandler(Main::report)
        .execute("check", "--config", "../conf/config.yaml", "--data", folder.toString());
  }
}
