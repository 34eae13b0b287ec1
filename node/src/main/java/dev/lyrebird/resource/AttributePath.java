package dev.lyrebird.resource;

import dev.lyrebird.schema.TableDefinition;
import org.jspecify.annotations.Nullable;

/**
 * The end of a path that may name an attribute of a row: {@code w1.temp}. The row whose id is the
 * whole of it goes first, so that every row can be reached.
 *
 * @param id fit to be a key of the table
 * @param attribute that the schema declares
 */
public record AttributePath(String id, String attribute) {

  /** Reads the end of a path; null where it names no attribute that the table declares. */
  public static @Nullable AttributePath of(TableDefinition table, String path) {
    int dot = path.lastIndexOf('.');
    if (dot <= path.lastIndexOf('/') + 1) {
      return null;
    }
    String id = path.substring(0, dot);
    String attribute = path.substring(dot + 1);
    return table.attribute(attribute).isPresent() && RowIds.fault(table, id) == null
        ? new AttributePath(id, attribute)
        : null;
  }
}
