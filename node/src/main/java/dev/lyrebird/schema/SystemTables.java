package dev.lyrebird.schema;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The tables that every node has, whatever its schema declares. Nothing exports them, and no schema
 * can declare one of their names, which begin with a dollar sign.
 */
public final class SystemTables {

  /**
   * MQTT sessions, by client id. Whoever writes a row asks for the confirmation that it needs, so
   * the table demands none. Nobody resumes in its journal, and a row may be written several times a
   * second: an hour of it serves nodes that were away, and who was away for longer takes over rows.
   */
  public static final TableDefinition SESSIONS = ofMqtt("$sessions");

  /** Groups of MQTT clients that share a subscription, by its filter; otherwise as sessions. */
  public static final TableDefinition GROUPS = ofMqtt("$groups");

  /** All of them. */
  public static final List<TableDefinition> ALL = List.of(SESSIONS, GROUPS);

  private SystemTables() {}

  private static TableDefinition ofMqtt(String name) {
    return new TableDefinition(
        name,
        "",
        "system",
        name,
        null,
        new Key("id", KeyType.STRING),
        List.of(new Attribute("id", "", ScalarType.STRING, true, Set.of(Mark.PRIMARY_KEY))),
        false,
        new TableOptions(OptionalLong.empty(), true, 60 * 60, OptionalLong.empty(), 1, 0));
  }

  /** Tells whether a table is one of them. */
  public static boolean contain(TableDefinition table) {
    return ALL.contains(table);
  }
}
