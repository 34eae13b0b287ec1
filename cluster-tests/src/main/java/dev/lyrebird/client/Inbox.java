package dev.lyrebird.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one client has received so far, in order. The client's threads add; a test's thread waits.
 *
 * <p>Every wait has a limit and fails with the whole content, so that a failure shows what came
 * instead.
 */
public final class Inbox<T> {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<T> items = new ArrayList<>();
  private @Nullable String end;

  public synchronized void add(T item) {
    items.add(item);
    notifyAll();
  }

  /** Nothing more will come, for this reason. Only the first reason counts. */
  public synchronized void end(String reason) {
    if (end == null) {
      end = reason;
    }
    notifyAll();
  }

  public synchronized List<T> all() {
    return List.copyOf(items);
  }

  public synchronized int size() {
    return items.size();
  }

  /** The first {@code count} items, when they have come. */
  public synchronized List<T> await(int count) {
    awaitUntil(() -> items.size() >= count, count + " items");
    return List.copyOf(items.subList(0, count));
  }

  /**
   * Hands over every item in order, those of the past and those to come, on a virtual thread of its
   * own; the future ends when the end was reached, or with what {@code each} throws.
   */
  public CompletableFuture<Void> follow(Consumer<? super T> each) {
    return CompletableFuture.runAsync(
        () -> {
          int taken = 0;
          for (List<T> more = awaitBeyond(0); !more.isEmpty(); more = awaitBeyond(taken)) {
            more.forEach(each);
            taken += more.size();
          }
        },
        Thread::startVirtualThread);
  }

  /** All items up to and including the first that satisfies {@code last}, when it has come. */
  public synchronized List<T> awaitThrough(Predicate<? super T> last) {
    awaitUntil(() -> items.stream().anyMatch(last), "the last item");
    List<T> through = new ArrayList<>();
    for (T item : items) {
      through.add(item);
      if (last.test(item)) {
        break;
      }
    }
    return through;
  }

  /** The first item that satisfies {@code wanted}, when it has come. */
  public T awaitAny(Predicate<? super T> wanted) {
    return awaitThrough(wanted).getLast();
  }

  /** Why nothing more will come, when that is known: the peer closed, or the client failed. */
  public synchronized String awaitEnd() {
    awaitUntil(() -> end != null, "the end");
    return String.valueOf(end);
  }

  /** What has come after the first {@code count} items, when something has; empty at the end. */
  private synchronized List<T> awaitBeyond(int count) {
    try {
      while (items.size() <= count && end == null) {
        wait();
      }
      return List.copyOf(items.subList(count, items.size()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while following", e);
    }
  }

  private void awaitUntil(BooleanSupplier reached, String what) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try {
      while (!reached.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (end != null || left <= 0) {
          String why = end == null ? LIMIT.toSeconds() + " s passed" : "ended (" + end + ")";
          throw new AssertionError(why + " before " + what + "; came: " + items);
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    }
  }
}
