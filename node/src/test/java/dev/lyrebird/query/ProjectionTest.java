package dev.lyrebird.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.schema.TableDefinition;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a selection leaves of a row. */
final class ProjectionTest {

  private static final TableDefinition SEALED =
      RowMatcherTest.table(
          """
          type Things @table @export @sealed {
            id: ID @primaryKey
            temp: Float
            any: Any
            parentId: ID
            parent: Things @relationship(from: "parentId")
          }
          """);

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiterString = "   ",
      value = {
        "select(a)   {'a':97.20,'b':2}   97.20",
        "select(a)   {'a':{'b':[1]}}   {'b':[1]}",
        "select(a)   {}   null",
        "select(a)   {'a':null}   null",
        "select(a,)   {'a':1,'b':2}   {'a':1}",
        "select(b,a)   {'a':1,'b':2,'c':3}   {'b':2,'a':1}",
        "select(a,b)   {'a':null}   {'a':null}",
        "select([b,a])   {'a':1}   [null,1]",
        "select(a{b})   {'a':{'b':1,'c':2}}   {'b':1}",
        "select(x,a{b})   {'a':[{'b':1,'c':2},{'c':3},4],'x':0}   {'x':0,'a':[{'b':1},{},null]}",
        "select(a{b{c}})   {'a':{'b':{'c':1,'d':2}}}   {'b':{'c':1}}",
        "select(a)   5   null",
        "select(a,b)   'text'   {}",
      })
  void selectionLeavesWhatItNames(String select, String row, String left) {
    Projection projection = new Projection(select(select));
    assertEquals(
        left.replace('\'', '"'),
        new String(RowTree.write(projection.of(RowMatcherTest.json(row))), UTF_8));
  }

  @Test
  void selectionOfWhatCannotBeThereIsRefused() {
    RowMatcherTest.assertRefused(8, "did you mean temp?", () -> check("select(tmp)"));
    RowMatcherTest.assertRefused(11, "no attribute 'b'", () -> check("select(id,b)"));
    RowMatcherTest.assertRefused(8, "no attributes", () -> check("select(temp{x})"));
    RowMatcherTest.assertRefused(8, "joins rows", () -> check("select(parent{id})"));
    check("select(id,any{x})");
  }

  @Test
  void selectionMayReachIntoJoinedRowsWhereTheyAreJoined() {
    checkJoined("select(parent)");
    checkJoined("select(id,parent{temp,parent{id,any{x}}})");
    RowMatcherTest.assertRefused(
        15, "did you mean temp?", () -> checkJoined("select(parent{tmp})"));
    RowMatcherTest.assertRefused(
        22, "no attributes", () -> checkJoined("select(parent{parent{temp{x}}})"));
  }

  private static void checkJoined(String select) {
    Projection.check(select(select), SEALED, type -> SEALED);
  }

  private static void check(String select) {
    Projection.check(select(select), SEALED);
  }

  private static Select select(String written) {
    return Objects.requireNonNull(QueryParser.parse(written, Set.of()).query().select());
  }
}
