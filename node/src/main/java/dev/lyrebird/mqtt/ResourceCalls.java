package dev.lyrebird.mqtt;

import dev.lyrebird.api.ProblemException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of users' code by one client, one after another in the order of what it has published. The
 * publisher bounds how many there are.
 *
 * <p>Owned by the event loop of the client's connection.
 */
final class ResourceCalls {

  private final Executor loop;
  private final Queue<Waiting> waiting = new ArrayDeque<>(1);
  private boolean isBusy;

  private record Waiting(
      Supplier<CompletableFuture<@Nullable Object>> call,
      Consumer<@Nullable ProblemException> done) {}

  ResourceCalls(Executor loop) {
    this.loop = loop;
  }

  /**
   * Adds a call behind the others.
   *
   * @param done is told, in a later turn, null or what went wrong
   */
  void add(
      Supplier<CompletableFuture<@Nullable Object>> call,
      Consumer<@Nullable ProblemException> done) {
    waiting.add(new Waiting(call, done));
    if (!isBusy) {
      next();
    }
  }

  private void next() {
    Waiting first = waiting.poll();
    isBusy = first != null;
    if (first != null) {
      var _ =
          first.call.get().whenComplete((result, fault) -> loop.execute(() -> ended(first, fault)));
    }
  }

  private void ended(Waiting call, @Nullable Throwable fault) {
    call.done.accept(
        switch (fault) {
          case null -> null;
          case ProblemException problem -> problem;
          default -> throw new IllegalStateException("calls fail with problems", fault);
        });
    next();
  }
}
