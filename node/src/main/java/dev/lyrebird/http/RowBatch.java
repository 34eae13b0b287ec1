package dev.lyrebird.http;

import dev.lyrebird.format.Content;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one request on their way into a table, and what is wrong with them before it looks.
 */
final class RowBatch {

  private final TableDefinition table;
  private final RowReader reader;
  private final List<byte[]> rows;
  private final List<@Nullable String> ids = new ArrayList<>();
  private final List<Problem.Fault> faults = new ArrayList<>();

  /**
   * @param rows each the JSON of one element
   * @param maxRowBytes the most that one may have
   */
  RowBatch(TableDefinition table, RowReader reader, List<byte[]> rows, int maxRowBytes) {
    this.table = table;
    this.reader = reader;
    this.rows = rows;
    Set<String> taken = new HashSet<>();
    for (byte[] row : rows) {
      String id = null;
      String fault =
          RowReader.isObject(row)
              ? row.length > maxRowBytes ? "has more than " + maxRowBytes + " bytes" : null
              : "is no JSON object";
      if (fault == null) {
        try {
          id = reader.idIn(row);
          fault = id == null ? null : idFault(id, taken);
        } catch (RefusedException e) {
          fault = e.refusal().detail();
        }
      }
      if (fault != null) {
        addFault(ids.size(), fault);
      }
      ids.add(id);
    }
  }

  private @Nullable String idFault(String id, Set<String> taken) {
    String fault = RowIds.fault(table, id);
    return fault == null && !taken.add(id) ? "has the id of an earlier row" : fault;
  }

  private void addFault(int index, String detail) {
    faults.add(new Problem.Fault(Problem.Place.index(index), null, detail));
  }

  /** Holds against rows without an id that they have none. */
  void demandIds() {
    for (int index : unnamed()) {
      addFault(index, "has no attribute " + table.key().attribute() + ", which is the key");
    }
  }

  /** Returns what is wrong; empty where the table may look at the rows. */
  List<Problem.Fault> faults() {
    return faults;
  }

  /** Returns the places of the rows without an id. */
  List<Integer> unnamed() {
    List<Integer> unnamed = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (ids.get(i) == null && RowReader.isObject(rows.get(i))) {
        unnamed.add(i);
      }
    }
    return unnamed;
  }

  /** Gives an id to a row without one. */
  void name(int index, String id) {
    ids.set(index, id);
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Returns the rows as writes, once each has an id. */
  List<Write> writes() {
    List<Write> writes = new ArrayList<>(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      String id = ids.get(i);
      if (id == null) {
        throw new IllegalStateException("row " + i + " has no id");
      }
      writes.add(Write.put(id, reader.row(id, Content.JSON, rows.get(i))));
    }
    return writes;
  }
}
