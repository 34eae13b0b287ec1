package dev.lyrebird;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Verticles that stand on the same ground and are taken down together, before what they stand on.
 * Used by the thread that starts and closes the node.
 */
final class Floor {

  private static final long DEADLINE_SECONDS = 60;

  private final Ground ground;
  private final List<String> deployed = new ArrayList<>();

  Floor(Ground ground) {
    this.ground = ground;
  }

  /** Deploys verticles on event loops and waits for all of them. */
  void deploy(List<? extends VerticleBase> verticles) {
    deploy(verticles, verticle -> new DeploymentOptions());
  }

  /**
   * Deploys verticles and waits for all of them.
   *
   * @throws RuntimeException the first fault, after the others were noted for {@link #clear}
   */
  <V extends VerticleBase> void deploy(List<V> verticles, Function<V, DeploymentOptions> options) {
    List<Future<String>> starting =
        verticles.stream()
            .map(verticle -> ground.vertx().deployVerticle(verticle, options.apply(verticle)))
            .toList();
    try {
      await(Future.join(starting));
    } finally {
      starting.stream().filter(Future::succeeded).map(Future::result).forEach(deployed::add);
    }
  }

  /** Takes down what was deployed, and waits for it. */
  void clear() {
    List<Future<Void>> stopping = deployed.stream().map(ground.vertx()::undeploy).toList();
    deployed.clear();
    ground.awaitEnd(Future.join(stopping));
  }

  /** Waits for a future, however it ends, and tells whether it did in time. */
  static boolean endsWithin(Duration limit, Future<?> future) {
    CountDownLatch ended = new CountDownLatch(1);
    future.onComplete(outcome -> ended.countDown());
    try {
      return ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the node is to end at once", e);
    }
  }

  /** Waits for a future, with a limit. */
  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RuntimeException cause -> cause;
        case BindException cause ->
            new ConfigException("a port cannot be listened on; set another: " + cause.getMessage());
        case null, default -> new IllegalStateException(e);
      };
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException("the node did not start or stop in time", e);
    }
  }
}
