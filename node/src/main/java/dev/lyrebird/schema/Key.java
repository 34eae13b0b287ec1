package dev.lyrebird.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The attribute whose value tells the rows of a table apart. On the wire it is the rest of the
 * path; in a row shown to clients it is this attribute.
 */
public record Key(String attribute, KeyType type) {

  /**
   * Whether the row gives itself another id than the path does. That is no fault: the path wins,
   * and the row is shown with the path's id.
   */
  public boolean contradicts(ObjectNode row, String id) {
    JsonNode own = row.get(attribute);
    return own != null && !own.isNull() && !id.equals(type.idOf(own));
  }
}
