package dev.lyrebird.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Row;
import dev.lyrebird.schema.Fault;
import dev.lyrebird.schema.RowCheck;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The rows of one table that a definition forbids, gathered by attribute. */
final class UnfitRows {

  /** Enough to find them by, and little enough to read. */
  private static final int MOST_NAMED = 10;

  /** What differs from row to row is found by mending these first. */
  private static final int MOST_ATTRIBUTES = 20;

  private final TableDefinition definition;
  private final RowCheck check;
  private final Map<String, AtFault> byAttribute = new LinkedHashMap<>();

  private static final class AtFault {

    private final String first;
    private final List<String> named = new ArrayList<>();
    private long rows;

    AtFault(String first) {
      this.first = first;
    }

    void add(String id) {
      rows++;
      if (named.size() < MOST_NAMED) {
        named.add(id);
      }
    }

    String tell() {
      String which = rows > named.size() ? "the first of them " : "";
      return "%s (%d %s: %s%s)"
          .formatted(first, rows, rows == 1 ? "row" : "rows", which, String.join(", ", named));
    }
  }

  UnfitRows(TableDefinition definition) {
    this.definition = definition;
    this.check = new RowCheck(definition);
  }

  /** Holds a row against the definition. */
  void hold(Row row) {
    faults(row).forEach(fault -> add(row.id(), fault));
  }

  /** Tells whether the definition forbids a row. */
  boolean include(Row row) {
    return !faults(row).isEmpty();
  }

  private List<Fault> faults(Row row) {
    String keyFault = definition.key().type().check(row.id());
    if (keyFault != null) {
      return List.of(new Fault(definition.key().attribute(), keyFault));
    }
    ObjectNode attributes = definition.checksRows() ? JsonObjects.parse(row.payload()) : null;
    return attributes == null ? List.of() : check.faults(attributes);
  }

  private void add(String id, Fault fault) {
    AtFault atFault = byAttribute.get(fault.attribute());
    if (atFault == null && byAttribute.size() < MOST_ATTRIBUTES) {
      atFault = new AtFault(fault.message());
      byAttribute.put(fault.attribute(), atFault);
    }
    if (atFault != null) {
      atFault.add(id);
    }
  }

  /** Returns what is wrong with which rows, by the attribute at fault; empty if all fit. */
  Map<String, String> faults() {
    Map<String, String> told = new LinkedHashMap<>();
    byAttribute.forEach((attribute, fault) -> told.put(attribute, fault.tell()));
    return told;
  }

  /**
   * Refuses the definition if there are any.
   *
   * @throws UnfitRowsException then
   */
  void refuse() {
    if (!byAttribute.isEmpty()) {
      String faults =
          faults().entrySet().stream()
              .map(fault -> fault.getKey() + ' ' + fault.getValue())
              .collect(Collectors.joining("; "));
      throw new UnfitRowsException(
          "type %s does not fit rows that its table %s holds: %s. Nothing was changed: mend or delete"
                  .formatted(definition.typeName(), definition.qualifiedName(), faults)
              + " these rows under the schema before, or let the schema admit them");
    }
  }
}
