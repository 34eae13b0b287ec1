package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.table;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A process that writes numbers to a few rows, one after the other, until it is killed. */
final class WritingProcess implements AutoCloseable {
  static final TableDefinition TABLE = table("type T @table { id: ID n: Int @indexed }");
  static final int ROWS = 10;
  static final int SETTLED_EVERY = 25;

  private final Process process;
  private final BufferedReader acknowledged;

  WritingProcess(Path folder, RocksStorage.Sync sync) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                WritingProcess.class.getName(),
                folder.toString(),
                sync.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    acknowledged = process.inputReader();
  }

  /** Returns the next number that it has written. */
  long next() throws IOException {
    String line = acknowledged.readLine();
    if (line == null) {
      throw new AssertionError("the writing process ended by itself");
    }
    return Long.parseLong(line);
  }

  /** Kills it, and returns the last number that it said it had written. */
  long kill() throws IOException, InterruptedException {
    process.toHandle().destroyForcibly(); // the process's own method would close the pipe
    process.waitFor();
    long last = 0;
    for (String line = acknowledged.readLine(); line != null; line = acknowledged.readLine()) {
      last = Long.parseLong(line);
    }
    return last;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) {
    RocksStorage storage = open(Path.of(arguments[0]), RocksStorage.Sync.valueOf(arguments[1]));
    Table table = open(storage);
    for (int i = 1; ; i++) {
      Write write = Write.put("r" + i % ROWS, row(i));
      table.write(List.of(new Table.Request(write, Condition.NONE, received(i))));
      System.out.println(i);
      if (i % SETTLED_EVERY == 0) {
        table.settle();
      }
    }
  }

  /** Returns the row that tells a number. */
  static Payload row(int number) {
    return json("{\"n\":" + number + "}");
  }

  /** Returns what is received with a number. */
  static Reception received(int number) {
    return new Reception(1, 1, number);
  }

  static RocksStorage open(Path folder, RocksStorage.Sync sync) {
    return new RocksStorage(folder, new RocksStorage.Settings(sync, 8 << 20, 8 << 20), () -> 1);
  }

  static Table open(RocksStorage storage) {
    return new Table(
        TABLE,
        storage.table("data/t"),
        new HybridClock(InstantSource.system(), 0, 0),
        storage.node());
  }
}
