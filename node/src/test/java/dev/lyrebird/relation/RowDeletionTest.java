package dev.lyrebird.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.QueryParser;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The deletion of rows that a condition picks, where it cannot go on. */
final class RowDeletionTest {

  /** More than a page of the tables here. */
  private static final int ROWS = 10;

  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final MemoryTables memory =
      MemoryTables.of("type Counts @table @export { id: ID @primaryKey n: Int }", loop::add);
  private final TableDefinition table = memory.ofType("Counts");

  private void turn() {
    while (!loop.isEmpty()) {
      loop.remove().run();
    }
  }

  /** Returns the tables, but that to write fails. */
  private Tables readable() {
    return (Tables)
        Proxy.newProxyInstance(
            Tables.class.getClassLoader(),
            new Class<?>[] {Tables.class},
            (proxy, method, given) -> {
              if (method.getName().equals("write")) {
                throw new IllegalStateException("as asked");
              }
              try {
                return method.invoke(memory, given);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void deletionThatFailsLeavesNoReadingOpen() {
    for (int i = 0; i < ROWS; i++) {
      byte[] json = "{\"n\":%d}".formatted(i).getBytes(StandardCharsets.UTF_8);
      memory.write(table, Write.put("c" + i, Payload.json(json)), Condition.NONE, null, 0);
    }
    Query query = QueryParser.parse("n=ge=0", Set.of()).query();
    CompletableFuture<RowDeletion.Progress> page =
        new JoinedQueries(readable())
            .deletion(table, "", query, new RowView(table), Confirmation.AS_DEMANDED)
            .thenCompose(RowDeletion::nextPage);
    turn();

    assertTrue(page.isCompletedExceptionally());
    assertEquals(0, memory.openQueries());
  }
}
