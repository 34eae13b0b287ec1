package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.acceptance.Writers.Place;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.NodeProcess;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.opentest4j.TestAbortedException;

/** Writes that race each other are seen by everybody, each once, in one and the same order. */
@TestInstance(Lifecycle.PER_CLASS)
final class OrderingIT {

  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");
  private static final String END = "the end";

  private final NodeProcess node =
      NodeProcess.start(
          Nodes.named("ordering").schema("type Rows @table @export { id: ID @primaryKey }"));
  private final Writers writers = new Writers(node.addresses());
  private final LazyBrowser browser = new LazyBrowser(node.addresses());

  @AfterAll
  void stop() {
    browser.close();
    writers.close();
    node.close();
  }

  @Test
  void thirtyRacingPutsAreSeenInOneOrder() {
    try (Rest rest = new Rest(node.addresses())) {
      assertOneOrder(
          new Place("Rows", "puts"),
          IntStream.range(0, 30).<Runnable>mapToObj(n -> () -> put(rest, "/Rows/puts", n)).toList(),
          30);
    }
  }

  @Test
  void fiveClientsPublishingRetainedAreSeenInOneOrder() {
    assertOneOrder(
        new Place("Rows", "publishes"),
        IntStream.range(0, 5).<Runnable>mapToObj(c -> () -> publishTwenty(c)).toList(),
        100);
  }

  private static void put(Rest rest, String path, int n) {
    int status = rest.put(path, json(n)).statusCode();
    if (status != 201 && status != 204) {
      throw new AssertionError("PUT " + n + " was answered " + status);
    }
  }

  private void publishTwenty(int client) {
    try (HiveMqttClient mqtt = HiveMqttClient.overTcp(node.addresses())) {
      for (int i = 0; i < 20; i++) {
        mqtt.publish(
            "Rows/publishes", json(client * 20 + i).getBytes(StandardCharsets.UTF_8), true);
      }
    }
  }

  private void assertOneOrder(Place place, List<Runnable> writing, int changes) {
    try (SubscriberGroup group = new SubscriberGroup(node.addresses(), place.path(), browser)) {
      inParallel(writing);
      List<Integer> last = numbers(List.of(Rest.text(writers.get(place))));
      writers.mark(place, END);
      List<List<Integer>> orders = new ArrayList<>();
      group
          .awaitThrough(END)
          .forEach((kind, seen) -> {
            try {
              orders.add(numbers(seen.orThrow()));
            } catch (TestAbortedException e) {
              // A browser is not installed; those that are there must agree.
            } catch (Throwable e) {
              throw new AssertionError(kind + " failed", e);
            }
          });
      List<Integer> first = orders.getFirst();
      assertAll(
          () -> assertEquals(changes, first.size()),
          () -> assertEquals(changes, first.stream().distinct().count()),
          () -> assertEquals(last, List.of(first.getLast())),
          () -> orders.forEach(order -> assertEquals(first, order)));
    }
  }

  private static void inParallel(List<Runnable> tasks) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      tasks.forEach(task -> running.add(threads.submit(task)));
      for (Future<?> one : running) {
        var _ = one.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a writer failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while writing", e);
    }
  }

  private static String json(int n) {
    return "{\"n\":" + n + "}";
  }

  /** The numbers written, in the order of the lines; lines without one are left out. */
  private static List<Integer> numbers(List<String> lines) {
    return lines.stream()
        .map(NUMBER::matcher)
        .filter(Matcher::find)
        .map(match -> Integer.parseInt(match.group(1)))
        .toList();
  }
}
