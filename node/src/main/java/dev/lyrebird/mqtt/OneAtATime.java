package dev.lyrebird.mqtt;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order in which they came, each on the thread that brought it or
 * on one that brought another. Nobody waits: who comes while a task runs leaves its own to the
 * thread that runs it. So what only tasks touch has one owner at a time without a thread of its
 * own, and a task that comes alone has run when {@link #execute} returns.
 *
 * <p>Any thread may call, also from within a task, whose own tasks then follow it.
 */
final class OneAtATime implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(OneAtATime.class);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Tasks that are not done. Who makes it 1 runs them until it is 0. */
  private final AtomicInteger undone = new AtomicInteger();

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (undone.getAndIncrement() > 0) {
      return;
    }
    do {
      run(tasks.remove());
    } while (undone.decrementAndGet() > 0);
  }

  /** A task that fails must not keep all that follow. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a task failed", e);
    }
  }
}
