package dev.lyrebird.relation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.query.Expression;
import dev.lyrebird.query.Join;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.ValueMatcher;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.TableDefinition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a condition on joined rows comes to: the joined table is asked which of its rows pass,
 * and a row passes that holds the key of one of them, or whose key one of them holds.
 *
 * <p>Where a row that joins none passes too, as {@code brand.name!=x} lets it, the joined table is
 * asked for the rows that do not pass, and a row passes that joins none of those.
 *
 * <p>Owned by one event loop.
 */
public final class JoinedConditions {

  /** Keys that one term may come to: they are held against each row of the table that joins. */
  private static final int MOST_KEYS = 100_000;

  private static final JsonNode NO_ROW = JsonNodeFactory.instance.objectNode();

  private final Tables tables;
  private final ShownRows shown;

  /**
   * Creates them for an event loop.
   *
   * @param tables of the loop
   */
  public JoinedConditions(Tables tables) {
    this.tables = tables;
    this.shown = new ShownRows(tables);
  }

  /**
   * Makes a condition fit for the rows of a table.
   *
   * @return at once where it asks nothing of joined rows; fails with a {@link RefusedException}
   *     where a table has no such attribute, or too many rows are to be joined
   */
  public CompletableFuture<RowMatcher> matcher(Expression condition, TableDefinition table) {
    CompletableFuture<Map<Expression, RowMatcher>> joins =
        CompletableFuture.completedFuture(new HashMap<>());
    for (Join join : Join.in(condition, table)) {
      joins = joins.thenCompose(found -> with(join, table, found));
    }
    return joins.thenApply(found -> RowMatcher.of(condition, table, found));
  }

  private CompletableFuture<Map<Expression, RowMatcher>> with(
      Join join, TableDefinition table, Map<Expression, RowMatcher> found) {
    return found.containsKey(join.term())
        ? CompletableFuture.completedFuture(found)
        : matcher(join, table)
            .thenApply(matcher -> {
              found.put(join.term(), matcher);
              return found;
            });
  }

  private CompletableFuture<RowMatcher> matcher(Join join, TableDefinition table) {
    TableDefinition joined = tables.ofType(join.type().typeName());
    Expression asked = join.asked();
    return asked == null
        ? joining(join.type(), table, joined, null, join.isOfLack())
        : matcher(asked, joined)
            .thenCompose(ofJoined -> {
              boolean passesWithout = !join.type().many() && isMetByNothing(asked, joined);
              RowMatcher sought = passesWithout ? new RowMatcher.Not(ofJoined) : ofJoined;
              return joining(join.type(), table, joined, sought, passesWithout);
            });
  }

  /** Tells whether what a path leads to passes where there is nothing from its beginning on. */
  private boolean isMetByNothing(Expression term, TableDefinition table) {
    return Join.in(term, table).stream()
        .findFirst()
        .map(further -> {
          Expression asked = further.asked();
          return asked == null
              ? further.isOfLack()
              : isMetByNothing(asked, tables.ofType(further.type().typeName()));
        })
        .orElseGet(() -> RowMatcher.of(term, table).passes(NO_ROW));
  }

  /**
   * Returns which rows join one that is sought, or none.
   *
   * @param sought null for any
   */
  private CompletableFuture<RowMatcher> joining(
      RelatedType type,
      TableDefinition table,
      TableDefinition joined,
      @Nullable RowMatcher sought,
      boolean isOfLack) {
    Set<String> keys = new HashSet<>();
    return RowGathering.of(
            tables,
            joined,
            sought,
            row -> {
              switch (type.side()) {
                case FROM -> keys.add(row.id());
                case TO ->
                    ShownRows.keysIn(shown.tree(joined, row).get(type.attribute()), keys::add);
              }
              return keys.size() <= MOST_KEYS;
            },
            tooMany(joined))
        .thenApply(nothing -> {
          RowMatcher joins =
              new RowMatcher.OfAttribute(
                  List.of(table.joiningAttribute(type)), new ValueMatcher.IsKey(keys));
          return isOfLack ? new RowMatcher.Not(joins) : joins;
        });
  }

  private static Refusal tooMany(TableDefinition joined) {
    return Refusal.of(
        Refusal.Reason.BAD_REQUEST,
        "a condition on joined rows is met by more than %d rows of %s; ask for fewer of them"
            .formatted(MOST_KEYS, joined.typeName()));
  }
}
