package dev.lyrebird.hosting;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Response;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A call of a resource that is on no connection. One that takes longer than it may is answered for
 * and interrupted; how it is then, {@link Lateness} says.
 *
 * <p>Guarded by this object.
 */
final class HostedCall implements CallTime {

  private final HostedRoute route;
  private final Call what;
  private final Message content;
  private final Context context;
  private final Thread thread;
  private final long since = System.nanoTime();
  private final CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
  private Lateness lateness = Lateness.NONE;
  private boolean isWaiting;

  /** For how long it has waited for clients. */
  private long waited;

  /** Whether no code of users runs for it any more. */
  private boolean hasEnded;

  HostedCall(HostedRoute route, Call what, Message content, Context context) {
    this.route = route;
    this.what = what;
    this.content = content;
    this.context = context;
    this.thread = route.thread(this::run);
  }

  CompletableFuture<@Nullable Object> start() {
    thread.start();
    return answer;
  }

  private void run() {
    Runnable tells = outcome();
    end(); // a client that has its answer may count on the room that it took
    tells.run();
  }

  /** Carries it out; returns what tells how that went. */
  private Runnable outcome() {
    try {
      Object result = ScopedValue.where(CallTime.CALLING, this).call(this::answer);
      return () -> answer.complete(result);
    } catch (Throwable fault) {
      if (answer.isDone()) {
        return () -> {};
      }
      ProblemException problem = Faults.problem(route, Faults.name(), fault);
      return () -> answer.completeExceptionally(problem);
    }
  }

  private void end() {
    synchronized (this) {
      hasEnded = true;
      lateness = lateness.ended(route.meters().overdue);
    }
    route.release(this);
  }

  private @Nullable Object answer() throws Exception {
    Resource resource = route.endpoint().resource();
    if (!resource.allows(what.action(), context)) {
      throw Faults.notAllowed(what.action());
    }
    return written(answer(resource));
  }

  private @Nullable Object answer(Resource resource) throws Exception {
    return switch (what) {
      case GET -> resource.get(context);
      case PUT -> resource.put(content, context);
      case PATCH -> resource.patch(content, context);
      case POST -> resource.post(content, context);
      case DELETE -> resource.delete(context);
      case PUBLISH -> {
        resource.publish(content, context);
        yield null;
      }
      case CONNECT -> throw new IllegalArgumentException("to connect is not to call");
    };
  }

  /**
   * Writes what the code has returned while it is still its turn: getters of users, and rows that
   * are read as they are taken, are their code too. Only values that run none are left as they are.
   */
  private static @Nullable Object written(@Nullable Object result) {
    return switch (result) {
      case null -> null;
      case Response response -> response;
      case String text -> text;
      case byte[] bytes -> bytes;
      case Boolean claim -> claim;
      case Integer number -> number;
      case Long number -> number;
      case Double number -> number;
      case Optional<?> found -> found.isPresent() ? written(found.get()) : null;
      case Stream<?> each -> Message.of(each.toList());
      case CompletionStage<?> later ->
          throw new IllegalArgumentException(
              "a %s is no answer: code may wait, so wait for it and return what it brings"
                  .formatted(later.getClass().getSimpleName()));
      default -> Message.of(result);
    };
  }

  @Override
  public synchronized boolean stop() {
    boolean isCaller = Thread.currentThread().equals(thread);
    isWaiting |= isCaller;
    return isCaller;
  }

  @Override
  public synchronized void goOn(long nanos) {
    isWaiting = false;
    waited += nanos;
  }

  /** Looks whether it takes too long. */
  void tick(long now) {
    Lateness before;
    synchronized (this) {
      if (hasEnded) {
        return;
      }
      before = lateness;
      boolean isLate = !isWaiting && now - since - waited > route.limits().callTime().toNanos();
      lateness = before.next(isLate, route.meters().overdue);
      if (before == lateness) {
        return;
      }
    }
    if (before == Lateness.INTERRUPTED) {
      Faults.goesOn(route, "a call", thread);
      return;
    }
    route.meters().wasLate();
    answer.completeExceptionally(
        new ProblemException(503, "the resource took longer than " + route.limits().callTime()));
    thread.interrupt();
  }
}
