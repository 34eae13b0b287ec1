package dev.lyrebird.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is different between the schema in force and one that is to follow it while the node runs.
 *
 * @param tables the definitions of the new schema, in the order of the one in force; those that are
 *     not different are the very ones in force
 * @param changes the others
 * @param obstacles what cannot change while the node runs; where there are any, nothing of it can
 */
public record SchemaChange(
    List<TableDefinition> tables, List<TableChange> changes, List<String> obstacles) {

  public SchemaChange {
    tables = List.copyOf(tables);
    changes = List.copyOf(changes);
    obstacles = List.copyOf(obstacles);
  }

  /**
   * Finds what is different.
   *
   * @param inForce the tables of the node
   * @param next those of the schema that is to follow, in any order
   */
  public static SchemaChange between(List<TableDefinition> inForce, List<TableDefinition> next) {
    Map<String, TableDefinition> left = new HashMap<>();
    next.forEach(table -> left.put(table.qualifiedName(), table));
    List<TableDefinition> tables = new ArrayList<>();
    List<TableChange> changes = new ArrayList<>();
    List<String> obstacles = new ArrayList<>();
    for (TableDefinition before : inForce) {
      TableDefinition now = left.remove(before.qualifiedName());
      if (now == null) {
        obstacles.add("table %s is gone".formatted(before.qualifiedName()));
      } else if (now.equals(before)) {
        tables.add(before);
      } else {
        TableChange change = new TableChange(before, now);
        tables.add(now);
        changes.add(change);
        change
            .obstacles()
            .forEach(what -> obstacles.add("type %s: %s".formatted(before.typeName(), what)));
      }
    }
    next.stream()
        .filter(left::containsValue)
        .forEach(table -> obstacles.add("table %s is new".formatted(table.qualifiedName())));
    return new SchemaChange(tables, changes, obstacles);
  }

  /**
   * Returns what is different, in JSON: {@code {"tables": [...]}}, see {@link TableChange#json}.
   */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode changed = json.putArray("tables");
    changes.forEach(change -> changed.add(change.json()));
    return json;
  }
}
