package dev.lyrebird.table;

import dev.lyrebird.schema.Fault;
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

    String tell(String attribute) {
      String which = rows > named.size() ? "the first of them " : "";
      return "%s %s (%d %s: %s%s)"
          .formatted(
              attribute, first, rows, rows == 1 ? "row" : "rows", which, String.join(", ", named));
    }
  }

  void add(String id, Fault fault) {
    AtFault atFault = byAttribute.get(fault.attribute());
    if (atFault == null && byAttribute.size() < MOST_ATTRIBUTES) {
      atFault = new AtFault(fault.message());
      byAttribute.put(fault.attribute(), atFault);
    }
    if (atFault != null) {
      atFault.add(id);
    }
  }

  /**
   * Refuses the definition if there are any.
   *
   * @throws UnfitRowsException then
   */
  void refuse(TableDefinition definition) {
    if (!byAttribute.isEmpty()) {
      String faults =
          byAttribute.entrySet().stream()
              .map(fault -> fault.getValue().tell(fault.getKey()))
              .collect(Collectors.joining("; "));
      throw new UnfitRowsException(
          "type %s does not fit rows that its table %s holds: %s. Nothing was changed: mend or delete"
                  .formatted(definition.typeName(), definition.qualifiedName(), faults)
              + " these rows under the schema before, or let the schema admit them");
    }
  }
}
