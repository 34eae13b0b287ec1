package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.view.RowView;
import java.util.Set;

/**
 * What clients see of some attributes of a table's rows. Immutable.
 *
 * @param view how they see whole rows
 * @param names of the attributes
 */
record ShownAttributes(RowView view, Set<String> names) {

  ShownAttributes {
    names = Set.copyOf(names);
  }

  /** Returns what is seen of them in a row, and maybe of others, as {@link RowTree} reads it. */
  JsonNode of(Row row) {
    ObjectNode plain = view.plainTree(row, names::contains);
    return plain != null ? plain : RowTree.read(view.rowObject(row, names::contains));
  }
}
