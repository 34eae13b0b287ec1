package dev.lyrebird.table;

import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that exchange changes hold the same rows, whatever happens between them. */
final class TableExchangeTest {
  private static final int RUNS = 150;
  private static final int RUNS_ON_DISK = 8;
  private static final int STEPS = 120;

  private final long seed = Long.getLong("seed", System.nanoTime());

  @TempDir Path folder;

  @Test
  void changesInAnyOrderComeToTheSameRowsEverywhere() {
    for (int i = 0; i < RUNS; i++) {
      run(seed + i, peer -> PeerSimulation.onTheHeap());
    }
  }

  @Test
  void changesInAnyOrderComeToTheSameRowsOnDisk() {
    RocksStorage.Settings settings =
        new RocksStorage.Settings(RocksStorage.Sync.OS, 8 << 20, 8 << 20);
    try (RocksStorage storage = new RocksStorage(folder, settings, () -> 1)) {
      for (int i = 0; i < RUNS_ON_DISK; i++) {
        String run = "run" + i + "/";
        run(seed + i, peer -> () -> storage.table(run + peer));
      }
    }
  }

  private static void run(long seed, IntFunction<Supplier<TableStore>> storage) {
    PeerSimulation.run(
        seed,
        new Random(seed),
        storage,
        simulation -> {
          for (int i = 0; i < STEPS; i++) {
            simulation.check(simulation.step());
          }
          simulation.end();
        });
  }
}
