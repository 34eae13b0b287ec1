package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.NodeProcess;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A thousand clients count in one row, each by reading it and writing it back if it is the same.
 */
final class CompareAndSetIT {

  private static final int CLIENTS = 1000;
  private static final String ROW = "/topics/counter";

  @Test
  void noIncrementIsLostAndNoneCountsTwice() throws Exception {
    try (NodeProcess node = NodeProcess.start(Nodes.named("compare-and-set"));
        Rest rest = new Rest(node.addresses());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      assertEquals(201, rest.put(ROW, counter(0)).statusCode());
      List<Future<?>> counting = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        counting.add(clients.submit(() -> count(rest)));
      }
      for (Future<?> one : counting) {
        one.get(2, TimeUnit.MINUTES);
      }
      assertEquals(CLIENTS, number(rest.get(ROW)));
    }
  }

  private static void count(Rest rest) {
    int status;
    do {
      HttpResponse<byte[]> row = rest.get(ROW);
      String tag = row.headers().firstValue("ETag").orElseThrow();
      status = rest.putIfMatch(ROW, tag, counter(number(row) + 1)).statusCode();
    } while (status == 412);
    assertEquals(204, status);
  }

  private static String counter(int number) {
    return "{\"n\":" + number + "}";
  }

  private static int number(HttpResponse<byte[]> row) {
    return Integer.parseInt(Rest.text(row).replaceFirst(".*\"n\":(\\d+).*", "$1"));
  }
}
