package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OneAtATimeTest {

  private static final int THREADS = 4;
  private static final int TASKS = 20_000;

  private final OneAtATime turns = new OneAtATime();

  /** A plain list, which would not survive two threads at once. */
  private final List<Integer> ran = new ArrayList<>();

  @Test
  void taskThatComesAloneHasRunWhenExecuteReturns() {
    turns.execute(() -> ran.add(1));
    assertEquals(List.of(1), ran);
  }

  @Test
  void taskOfATaskFollowsIt() {
    turns.execute(() -> {
      turns.execute(() -> ran.add(2));
      ran.add(1);
    });
    assertEquals(List.of(1, 2), ran);
  }

  @Test
  void taskThatFailsKeepsNoneThatFollow() {
    turns.execute(() -> {
      turns.execute(() -> ran.add(1));
      throw new IllegalStateException("as planned");
    });
    assertEquals(List.of(1), ran);
  }

  @Test
  void tasksOfManyThreadsRunOneAtATimeAndInTheOrderOfEach() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(THREADS * TASKS);
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      new Thread(
              () -> {
                for (int task = 0; task < TASKS; task++) {
                  int number = task * THREADS + thread;
                  turns.execute(() -> {
                    ran.add(number);
                    done.countDown();
                  });
                }
              })
          .start();
    }
    assertTrue(done.await(30, TimeUnit.SECONDS));
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      assertEquals(
          IntStream.range(0, TASKS).map(task -> task * THREADS + thread).boxed().toList(),
          ran.stream().filter(number -> number % THREADS == thread).toList());
    }
  }
}
