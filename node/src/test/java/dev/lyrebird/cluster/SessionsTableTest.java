package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.SystemTables;
import dev.lyrebird.table.Table;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table of sessions, which takes what it is given and serves no client. */
final class SessionsTableTest {
  private static final int LONGEST_CLIENT_ID = 65_535;
  private static final long LIFE_MILLIS = 300;

  /** Bytes that begin like JSON, so that who parses them finds out. */
  private static final Payload BINARY = Payload.of(new byte[] {'{', 0, (byte) 0xff, '}', -128});

  private final RunningTable running = new RunningTable(SystemTables.SESSIONS, 0);
  private final TestLoop loop = running.loop(2); // the node demands confirmations, this table none

  @AfterEach
  void close() {
    running.close();
    assertEquals(List.of(), List.copyOf(running.faults));
  }

  @Test
  void rowIsTakenAsItIs() {
    assertInstanceOf(Outcome.Applied.class, loop.write(Write.put("client", BINARY)));
    assertEquals(BINARY, read("client").orElseThrow().payload());
  }

  @Test
  void longestClientIdIsAnId() {
    String longest = "\u20ac".repeat(LONGEST_CLIENT_ID / 3);
    assertInstanceOf(Outcome.Applied.class, loop.write(Write.put(longest, BINARY)));
    running.onTable(Table::settle);
    assertEquals(BINARY, read(longest).orElseThrow().payload());
  }

  @Test
  void allRowsAreReadWhateverTheirIds() {
    List<String> ids = List.of("#", "$sys", "+/+", "a/b", "a/b/#");
    ids.forEach(id -> loop.write(Write.put(id, BINARY)));
    List<String> read =
        loop.ask((tables, table, answer) ->
            tables.scan(
                table, "", (rows, last) -> answer.accept(rows.stream().map(Row::id).toList())));
    assertEquals(ids, read);
  }

  @Test
  void rowIsGoneWithinASecondOfItsEnd() {
    long end = running.wallMillis() + LIFE_MILLIS;
    loop.write(new Write(Write.Kind.PUT, "client", BINARY, Write.ANY_QOS, 0, end, null));
    running.passMillis(LIFE_MILLIS - 1);
    running.awaitSecond();
    assertTrue(read("client").isPresent(), "the row went too early");
    running.passMillis(1);
    running.awaitSecond();
    assertTrue(read("client").isEmpty(), "the row is still there");
  }

  private Optional<Row> read(String id) {
    return loop.ask((tables, table, answer) ->
        tables.read(table, id, row -> answer.accept(Optional.ofNullable(row))));
  }
}
