package dev.lyrebird.hosting;

import dev.lyrebird.api.ProblemException;
import dev.lyrebird.journal.RefusedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks what one event loop owns, and waits for its answer. Any other thread may call. */
final class LoopCalls {

  private final Executor loop;
  private final long waitMillis;

  /** The thread of the loop, once it is known: it would wait for itself. */
  private volatile @Nullable Thread loopThread;

  LoopCalls(Executor loop, long waitMillis) {
    this.loop = loop;
    this.waitMillis = waitMillis;
  }

  /** Has the loop do something. */
  void tell(Runnable task) {
    loop.execute(task);
  }

  /**
   * Asks the loop, and waits.
   *
   * @param question is asked on the loop, and completes the answer there, now or later
   * @throws ProblemException where it is refused, or no answer comes in time
   */
  <T> T ask(Consumer<CompletableFuture<T>> question) {
    if (Thread.currentThread().equals(loopThread)) {
      throw new IllegalStateException(
          "an event loop never waits; call tables on another thread, such as a virtual one");
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(() -> {
      loopThread = Thread.currentThread();
      attempt(answer, () -> question.accept(answer));
    });
    try {
      return answer.get(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.cancel(false);
      throw new CancellationException("interrupted while a table was asked");
    } catch (TimeoutException e) {
      answer.cancel(false);
      throw new ProblemException(
          503, "the table has not answered within %d s".formatted(waitMillis / 1000));
    } catch (ExecutionException e) {
      throw fault(e.getCause());
    } finally {
      Carriers.lower();
    }
  }

  /**
   * Asks the loop what is known later, and waits; otherwise as {@link #ask}.
   *
   * @param question is asked on the loop
   */
  <T> T askLater(Supplier<CompletableFuture<T>> question) {
    return ask(answer -> {
      var _ =
          question
              .get()
              .whenComplete((value, fault) -> {
                if (fault == null) {
                  answer.complete(value);
                } else {
                  answer.completeExceptionally(fault);
                }
              });
    });
  }

  /** Does something on the loop on which an answer depends: what it throws is the answer. */
  static void attempt(CompletableFuture<?> answer, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private static RuntimeException fault(@Nullable Throwable cause) {
    return switch (cause) {
      case RefusedException refused -> Problems.of(refused.refusal());
      case CompletionException wrapped when wrapped.getCause() != null -> fault(wrapped.getCause());
      case ProblemException problem -> problem;
      case IllegalArgumentException wrong ->
          new IllegalArgumentException(wrong.getMessage(), wrong);
      case null, default -> new IllegalStateException("a table could not be asked", cause);
    };
  }
}
