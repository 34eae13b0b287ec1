package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Tables;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A list of rows follows its reader: no page is read that nobody has room for. */
final class RowListTest {

  private static final int ROWS = 600;
  private static final String CONTENT = '"' + "x".repeat(50_000) + '"';

  private final AtomicInteger pages = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpNode node =
      HttpNode.start(
          "type T @table @export { id: ID @primaryKey }",
          HttpNode.SETTINGS,
          Upgrades.NONE,
          this::withCountedReadings);

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void slowReaderHoldsTheReadingBackAndGetsAll() {
    fill();
    try (RawHttp reader = new RawHttp(node.port())) {
      reader.send("GET /T/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      reader.answer();
      awaitStandstill();

      assertTrue(pages.get() < ROWS / 3 / 2, () -> pages + " pages for a reader that reads none");
      assertTrue(reader.rest().endsWith("\"id\":\"" + (1000 + ROWS - 1) + "\"}]\r\n0\r\n\r\n"));
    }
  }

  @Test
  void readingEndsWithItsReader() throws InterruptedException {
    fill();
    try (RawHttp reader = new RawHttp(node.port())) {
      reader.send("GET /T/ HTTP/1.1\r\nHost: x\r\n\r\n").answer();
      awaitStandstill();
    }

    assertTrue(closed.await(HttpNode.WAIT_SECONDS, TimeUnit.SECONDS));
  }

  private void fill() {
    for (int i = 0; i < ROWS; i++) {
      node.write("T/" + (1000 + i), id -> Write.put(id, Payload.of(CONTENT.getBytes(UTF_8))));
    }
  }

  /**
   * Waits until the buffers between the node and a client that does not read are full: then no page
   * is asked for while the loop serves many others.
   */
  private void awaitStandstill() {
    int before;
    do {
      before = pages.get();
      for (int i = 0; i < 100; i++) {
        node.send("HEAD", "/T/none");
      }
    } while (pages.get() != before);
  }

  /** Returns the tables, with readings that tell of the pages asked of them. */
  private Tables withCountedReadings(Tables tables) {
    return (Tables)
        Proxy.newProxyInstance(
            Tables.class.getClassLoader(),
            new Class<?>[] {Tables.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(tables, arguments);
              return result instanceof Tables.Scan reading ? counted(reading) : result;
            });
  }

  private Tables.Scan counted(Tables.Scan reading) {
    return new Tables.Scan() {
      @Override
      public void more() {
        pages.incrementAndGet();
        reading.more();
      }

      @Override
      public void close() {
        closed.countDown();
        reading.close();
      }
    };
  }
}
