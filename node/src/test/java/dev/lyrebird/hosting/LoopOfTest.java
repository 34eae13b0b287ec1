package dev.lyrebird.hosting;

import dev.lyrebird.resource.MemoryTables;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** An event loop with tables in memory, and these as users' code reaches them. */
final class LoopOfTest implements AutoCloseable {

  private static final long WAIT_SECONDS = 30;

  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  final MemoryTables memory;
  final HostedTables tables;

  LoopOfTest(String sdl) {
    this(sdl, HostedTables.WAIT_MILLIS);
  }

  /**
   * @param waitMillis how long a table may take for an answer
   */
  LoopOfTest(String sdl, long waitMillis) {
    memory = MemoryTables.of(sdl, loop);
    tables =
        new HostedTables(new LoopCalls(loop, waitMillis), LoopTables.of(memory, new Random(1)));
  }

  /** Asks something on the loop. */
  <T> T ask(Function<MemoryTables, T> question) {
    try {
      return CompletableFuture.supplyAsync(() -> question.apply(memory), loop)
          .get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns how many subscribers a table has. */
  int readers(String table) {
    return ask(all -> all.hub().standing(all.indexOf(all.ofType(table))).readers());
  }

  /** Waits until a table has no subscribers. */
  void awaitNoReaders(String table) {
    await("there are subscribers left", () -> readers(table) == 0);
  }

  /** Waits until a subscriber of a table is fed from the journal, since it has no room. */
  void awaitBehind(String table) {
    await(
        "nobody is behind",
        () -> ask(all -> all.hub().standing(all.indexOf(all.ofType(table))).behind()) > 0);
  }

  /** Waits until something holds. */
  void await(String otherwise, BooleanSupplier claim) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!claim.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError(otherwise);
      }
    }
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }
}
