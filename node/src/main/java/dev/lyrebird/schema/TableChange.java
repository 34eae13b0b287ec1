package dev.lyrebird.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One table under another definition: what is different, and what of that has to wait for the next
 * start of the node.
 *
 * @param before the definition in force
 * @param now the one that is to follow it
 */
public record TableChange(TableDefinition before, TableDefinition now) {

  /** Returns what cannot change while the node runs; empty if all of it can. */
  public List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    addIfDifferent(obstacles, "the name of the type", TableDefinition::typeName);
    addIfDifferent(obstacles, "the path of its @export", TableChange::path);
    addIfDifferent(obstacles, "its primary key", TableDefinition::key);
    addIfOther(obstacles, "replicate", TableOptions::replicated);
    addIfOther(obstacles, "retention", TableOptions::retentionSeconds);
    addIfOther(obstacles, "journalMaxBytes", TableOptions::journalMaxBytes);
    addIfOther(obstacles, "partitions", TableOptions::partitions);
    addIfOther(obstacles, "confirm", TableOptions::confirm);
    return obstacles;
  }

  private static Optional<String> path(TableDefinition table) {
    return Optional.ofNullable(table.export()).map(Export::path);
  }

  private void addIfOther(
      List<String> obstacles, String argument, Function<TableOptions, ?> option) {
    addIfDifferent(obstacles, argument + " of its @table", table -> option.apply(table.options()));
  }

  private void addIfDifferent(
      List<String> different, String what, Function<TableDefinition, ?> part) {
    if (!Objects.equals(part.apply(before), part.apply(now))) {
      different.add(what);
    }
  }

  /**
   * What is different, in JSON; members that would be empty are left out:
   *
   * <pre>{@code
   * {"name": "Sensors",
   *  "attributesAdded": ["unit"], "attributesRemoved": ["note"],
   *  "attributesChanged": [{"name": "temp", "from": "Int", "to": "Float"}],
   *  "indexesAdded": ["unit"], "indexesDropped": ["note"], "indexesRebuilt": ["temp"],
   *  "alsoChanged": ["descriptions", "protocols", "sealed", "expiration"]}
   * }</pre>
   */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", before.typeName());
    putNames(json, "attributesAdded", missing(now, before));
    putNames(json, "attributesRemoved", missing(before, now));
    putChanged(json);
    putNames(json, "indexesAdded", indexed(now, attribute -> !isIndexed(before, attribute)));
    putNames(json, "indexesDropped", indexed(before, attribute -> !isIndexed(now, attribute)));
    putNames(json, "indexesRebuilt", indexed(now, this::isIndexedAnew));
    putNames(json, "alsoChanged", others());
    return json;
  }

  private static void putNames(ObjectNode json, String member, List<String> names) {
    if (!names.isEmpty()) {
      ArrayNode array = json.putArray(member);
      names.forEach(array::add);
    }
  }

  private void putChanged(ObjectNode json) {
    for (Attribute attribute : now.attributes()) {
      Attribute known = before.attribute(attribute.name()).orElse(attribute);
      if (!meansTheSame(known, attribute)) {
        json.withArray("attributesChanged")
            .addObject()
            .put("name", attribute.name())
            .put("from", known.sdl())
            .put("to", attribute.sdl());
      }
    }
  }

  private static List<String> missing(TableDefinition of, TableDefinition in) {
    return of.attributes().stream()
        .map(Attribute::name)
        .filter(name -> in.attribute(name).isEmpty())
        .toList();
  }

  /** Tells whether only what is said of an attribute, or whether it is indexed, is different. */
  private static boolean meansTheSame(Attribute one, Attribute other) {
    return one.type().equals(other.type())
        && one.required() == other.required()
        && besidesIndex(one).equals(besidesIndex(other));
  }

  private static Set<Mark> besidesIndex(Attribute attribute) {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    marks.addAll(attribute.marks());
    marks.remove(Mark.INDEXED);
    return marks;
  }

  private static List<String> indexed(TableDefinition table, Predicate<Attribute> isWanted) {
    return table.marked(Mark.INDEXED).stream().filter(isWanted).map(Attribute::name).toList();
  }

  private static boolean isIndexed(TableDefinition table, Attribute attribute) {
    return table.attribute(attribute.name()).filter(known -> known.is(Mark.INDEXED)).isPresent();
  }

  /** Keys are made of what the attribute is: its type, and what the table writes there. */
  private boolean isIndexedAnew(Attribute attribute) {
    return before
        .attribute(attribute.name())
        .filter(known -> known.is(Mark.INDEXED) && !meansTheSame(known, attribute))
        .isPresent();
  }

  private List<String> others() {
    List<String> others = new ArrayList<>();
    if (isDescribedOtherwise()) {
      others.add("descriptions");
    }
    addIfDifferent(
        others, "protocols", table -> Optional.ofNullable(table.export()).map(Export::protocols));
    addIfDifferent(others, "sealed", TableDefinition::isSealed);
    addIfDifferent(others, "expiration", table -> table.options().expirationSeconds());
    return others;
  }

  private boolean isDescribedOtherwise() {
    return !before.description().equals(now.description())
        || now.attributes().stream()
            .anyMatch(attribute ->
                before
                    .attribute(attribute.name())
                    .filter(known -> !known.description().equals(attribute.description()))
                    .isPresent());
  }
}
