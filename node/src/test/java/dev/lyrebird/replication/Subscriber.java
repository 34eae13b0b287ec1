package dev.lyrebird.replication;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.table.Table;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client of one node: holds the rows as it was told of them, and makes sure that it is told each
 * change once, those of one origin in order, and never of a version that goes back.
 */
final class Subscriber {

  private final Chronicle chronicle;
  private Map<String, Told> rows = new TreeMap<>();
  private BitSet heard = new BitSet();
  private VersionVector last = VersionVector.EMPTY;

  /** The row as it was told last, or null where it was told to be gone. */
  private record Told(Timestamp version, @Nullable String row) {}

  Subscriber(Chronicle chronicle) {
    this.chronicle = chronicle;
  }

  /** Begins, or begins anew. */
  void reset(Table table, BitSet known) {
    rows = new TreeMap<>();
    try (Table.RowReading reading = table.scan("")) {
      while (reading.next()) {
        var row = reading.row();
        if (row != null) {
          rows.put(row.id(), new Told(row.version(), text(row.payload().bytes())));
        }
      }
    }
    heard = (BitSet) known.clone();
    last = VersionVector.EMPTY;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Is told of entries. */
  void take(List<Entry> entries) {
    for (Entry entry : entries) {
      Timestamp name = entry.change().timestamp();
      int number = chronicle.numberOf(entry.change());
      Law.check(!heard.get(number), () -> "#%d is told again".formatted(number));
      Law.check(
          !last.covers(name), () -> "#%d is told after %s of its origin".formatted(number, last));
      heard.set(number);
      last = last.with(name);
      if (!entry.isSuperseded()) {
        see(entry, number);
      }
    }
  }

  private void see(Entry entry, int number) {
    String row =
        switch (entry.type()) {
          case PUT -> text(entry.payload().bytes());
          case DELETE -> null;
          case MESSAGE -> "";
        };
    if (entry.type() != Entry.Type.MESSAGE) {
      Told before = rows.put(entry.id(), new Told(entry.version(), row));
      Law.check(
          before == null || !before.version().isAfter(entry.version()),
          () ->
              "#%d takes %s back from %s to %s"
                  .formatted(number, entry.id(), before, entry.version()));
    }
  }

  /** Checks that it was told of all that its node knows, and holds its node's rows. */
  void check(Map<String, ExpectedRows.Seen> expected, BitSet known) {
    Law.check(
        heard.equals(known), () -> "told of %s, but the node knows %s".formatted(heard, known));
    Map<String, String> seen = new TreeMap<>();
    rows.forEach((id, told) -> {
      if (told.row() != null) {
        seen.put(id, told.version() + " " + told.row());
      }
    });
    Map<String, String> wanted = new TreeMap<>();
    expected.forEach((id, row) -> wanted.put(id, row.version() + " " + row.attributes()));
    Law.check(
        seen.equals(wanted),
        () -> "a subscriber holds %s but the rows are %s".formatted(seen, wanted));
  }
}
