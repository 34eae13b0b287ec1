package dev.lyrebird.view;

import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.AttributeType;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Under which headings rows are shown where each is a line of a table. Immutable.
 *
 * @param columns in their order
 * @param shape in what the cells of a line come
 */
public record Columns(List<Column> columns, Shape shape) {

  /** The heading over what a row has beside its declared attributes: no attribute is named so. */
  public static final String REST = "*";

  /** What is shown as lines of a table. */
  public enum Shape {
    /** Objects, whose attributes the columns name. */
    OBJECTS,
    /** Arrays, whose elements stand in the order of the columns. */
    ARRAYS,
    /** Single values, under the one column. */
    VALUES
  }

  /** What is written in a cell. */
  public enum Cells {
    /** Text, whatever it looks like. */
    TEXT,
    /** Numbers, {@code true}, {@code false}, lists and objects as JSON; text that reads as none. */
    JSON,
    /** An object of all attributes that have no column of their own. */
    REST
  }

  /**
   * One column.
   *
   * @param name its heading
   */
  public record Column(String name, Cells cells) {}

  public Columns {
    columns = List.copyOf(columns);
  }

  /**
   * Returns the columns of whole rows: the key, then what is declared, in the order of the schema.
   * Rows that may hold more than that have a column for the rest.
   */
  public static Columns of(TableDefinition table) {
    List<Column> columns = new ArrayList<>();
    ordered(table).map(Columns::column).forEach(columns::add);
    if (!table.isSealed()) {
      columns.add(new Column(REST, Cells.REST));
    }
    return new Columns(columns, Shape.OBJECTS);
  }

  private static Stream<Attribute> ordered(TableDefinition table) {
    return Stream.concat(
        table.marked(Mark.PRIMARY_KEY).stream(),
        table.attributes().stream()
            .filter(attribute -> !attribute.is(Mark.PRIMARY_KEY) && !attribute.isRelationship()));
  }

  private static Column column(Attribute attribute) {
    return new Column(attribute.name(), cells(attribute.type()));
  }

  private static Cells cells(AttributeType type) {
    return type == ScalarType.ID || type == ScalarType.STRING || type == ScalarType.BYTES
        ? Cells.TEXT
        : Cells.JSON;
  }

  /** Returns columns of these names for whatever is no row. */
  public static Columns named(String... names) {
    return new Columns(
        Stream.of(names).map(name -> new Column(name, Cells.JSON)).toList(), Shape.OBJECTS);
  }

  /** Returns the columns for a selection of attributes; those not declared among them. */
  public Columns select(List<String> names, Shape selected) {
    return new Columns(names.stream().map(this::column).toList(), selected);
  }

  private Column column(String name) {
    return name.equals(REST)
        ? new Column(name, Cells.REST)
        : columns.stream()
            .filter(column -> column.name().equals(name))
            .findFirst()
            .orElseGet(() -> new Column(name, Cells.JSON));
  }

  /** Returns the headings. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** Whether two columns have one name. */
  public boolean hasTwins() {
    Set<String> names = new HashSet<>(names());
    return names.size() < columns.size();
  }
}
