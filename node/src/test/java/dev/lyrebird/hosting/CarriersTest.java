package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Router;
import dev.lyrebird.testkit.TestClient;
import dev.lyrebird.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How many threads carry users' code, and with what right to the processors. */
@EnabledOnOs(OS.LINUX)
final class CarriersTest {

  /**
   * The niceness of the thread that reads it: proc(5), field 19, where the second ends with ")".
   */
  private static int niceness() throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19 - 3]);
  }

  @Test
  void codeThatNeverWaitsLeavesCarriersToOthers() throws InterruptedException {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    CountDownLatch spinning = new CountDownLatch(Carriers.FEWEST - 1);
    Router router = new Router();
    router.get(
        "/spin",
        context -> {
          spinning.countDown();
          while (goesOn.get()) {
            Thread.onSpinWait();
          }
          return "at last";
        });
    router.get("/calm", context -> "calm");

    try (TestHost host = TestHost.of(router);
        ExecutorService callers = Executors.newCachedThreadPool()) {
      try {
        for (int i = 1; i < Carriers.FEWEST; i++) {
          callers.execute(() -> host.get("/spin"));
        }
        spinning.await();
        assertEquals("calm", host.get("/calm"));
      } finally {
        goesOn.set(false);
      }
    }
  }

  @Test
  void callsRunBehindTheNode() {
    Router router = new Router();
    router.get("/nice", context -> niceness());

    try (TestHost host = TestHost.of(router)) {
      assertEquals(Carriers.NICE, host.get("/nice"));
    }
  }

  @Test
  void codeThatHasWaitedForItsClientRunsBehindTheNode() {
    Router router = new Router();
    router.connect(
        "/nice",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              for (Message _ : incoming) {
                outgoing.send(niceness());
              }
            }));

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/nice")) {
      for (int i = 0; i < 100; i++) {
        client.say("how nice?");
        assertEquals(Carriers.NICE, client.hear(Integer.class));
      }
    }
  }

  @Test
  void otherThreadsAreLeftAsTheyAre() throws IOException {
    Carriers.lower();

    assertNotEquals(Carriers.NICE, niceness());
  }
}
