package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Write;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a table keeps of what it received, beside what came of it. */
final class TableReceptionsTest {
  private static final long CLIENT = 11;
  private static final Reception ONE = new Reception(CLIENT, 5, 1);
  private static final Reception TWO = new Reception(CLIENT, 5, 2);

  private final TableInMemory memory =
      new TableInMemory("type T @table { id: ID @primaryKey temp: Float }");

  @Test
  void whatIsJournalledIsReceived() {
    assertInstanceOf(Outcome.Applied.class, write(Write.message("t", text("x")), ONE));
    assertInstanceOf(Outcome.Applied.class, write(Write.put("r", json("{}")), TWO));
    memory.reopen();
    assertEquals(Set.of(ONE, TWO), received());
  }

  @Test
  void whatChangesNothingIsReceivedAllTheSame() {
    assertInstanceOf(Outcome.Unchanged.class, write(Write.delete("r"), ONE));
    memory.reopen();
    assertEquals(Set.of(ONE), received());
    assertEquals(0, memory.table.head().position());
  }

  @Test
  void whatIsRefusedIsNotReceived() {
    Write misfit = Write.put("r", json("{\"temp\":\"hot\"}"));
    List<Outcome> outcomes =
        memory
            .table
            .write(
                List.of(
                    new Table.Request(misfit, Condition.NONE, ONE),
                    new Table.Request(Write.message("t", text("x")), Condition.NONE, TWO)))
            .outcomes();
    assertInstanceOf(Outcome.Refused.class, outcomes.get(0));
    assertInstanceOf(Outcome.Applied.class, outcomes.get(1));
    assertEquals(Set.of(TWO), received());
  }

  @Test
  void whereTheStorageFailsNothingIsReceived() {
    memory.isBroken = true;
    assertThrows(StorageException.class, () -> write(Write.message("t", text("x")), ONE));
    assertThrows(StorageException.class, () -> write(Write.delete("r"), TWO));
    memory.isBroken = false;
    memory.reopen();
    assertEquals(Set.of(), received());
    assertEquals(0, memory.table.head().position());
  }

  @Test
  void whatIsReleasedIsForgotten() {
    write(Write.message("t", text("x")), ONE);
    write(Write.message("t", text("x")), TWO);
    memory.table.release(List.of(ONE, new Reception(CLIENT, 6, 2)));
    memory.reopen();
    assertEquals(Set.of(TWO), received());
  }

  private Outcome write(Write write, Reception reception) {
    Table.Request request = new Table.Request(write, Condition.NONE, reception);
    return memory.table.write(List.of(request)).outcomes().getFirst();
  }

  private Set<Reception> received() {
    return Set.copyOf(memory.table.receptions(CLIENT));
  }
}
