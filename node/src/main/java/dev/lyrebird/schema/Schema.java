package dev.lyrebird.schema;

import java.util.List;

/**
 * Every table of a node, as its schema files declare them. No two of them are stored under one name
 * or exported at one path.
 *
 * @param tables in the order of the files
 */
public record Schema(List<TableDefinition> tables) {

  public Schema {
    tables = List.copyOf(tables);
  }

  /**
   * Reads the sources as one schema: a type may name one that another source declares.
   *
   * @throws SchemaException at the first fault
   */
  public static Schema parse(List<Source> sources) {
    return new Schema(SchemaReader.read(sources));
  }

  public Exports exports() {
    return new Exports(tables);
  }
}
