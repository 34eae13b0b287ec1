package dev.lyrebird.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a condition asks of joined rows, and how the answer is put to use. */
final class JoinTest {

  private static final TableDefinition PRODUCTS =
      RowMatcherTest.table(
          """
          type Products @table @export {
            id: ID @primaryKey
            price: Float
            brandId: ID
            brand: Brands @relationship(from: "brandId")
          }
          type Brands @table @export {
            id: ID @primaryKey
            name: String
            products: [Products] @relationship(to: "brandId")
          }
          """);

  @Test
  void everyTermThatLeadsThroughARelationshipIsFoundWithWhatItAsksThere() {
    List<Join> joins = joins("price=gt=5&(brand.name=sw=a|brand.rank=ge=1&lt=9|brand.owner.age=7)");
    assertEquals(
        List.of("name=sw=a", "rank=ge=1&lt=9", "owner.age=7"),
        joins.stream().map(join -> String.valueOf(join.asked())).toList());
    assertEquals("Brands", joins.getFirst().type().typeName());
  }

  @ParameterizedTest
  @CsvSource({"brand=null, true", "brand!=null, false"})
  void whetherThereIsAJoinedRowIsAskedWithNull(String condition, boolean isOfLack) {
    Join join = joins(condition).getFirst();
    assertNull(join.asked());
    assertEquals(isOfLack, join.isOfLack());
  }

  @ParameterizedTest
  @CsvSource({"brand=x", "brand=ge=1&lt=2", "price=1&brand=sw=a"})
  void joinedRowsThemselvesAreComparedWithNothingElse(String condition) {
    int at = condition.indexOf("brand") + 1;
    RowMatcherTest.assertRefused(at, "joins rows of Brands", () -> joins(condition));
  }

  @Test
  void whatATermComesToDecidesInItsPlace() {
    Expression condition = expression("price=gt=5&brand.name=x");
    Join join = Join.in(condition, PRODUCTS).getFirst();
    RowMatcher ofBrands =
        new RowMatcher.OfAttribute(List.of("brandId"), new ValueMatcher.IsKey(Set.of("b1", "7")));
    RowMatcher matcher = RowMatcher.of(condition, PRODUCTS, Map.of(join.term(), ofBrands));
    assertTrue(passes(matcher, "{'price':6,'brandId':'b1'}"));
    assertTrue(passes(matcher, "{'price':6,'brandId':7}"));
    assertTrue(passes(matcher, "{'price':6,'brandId':7.0}"));
    assertTrue(passes(matcher, "{'price':6,'brandId':['b9','b1']}"));
    assertFalse(passes(matcher, "{'price':5,'brandId':'b1'}"));
    assertFalse(passes(matcher, "{'price':6,'brandId':7.5}"));
    assertFalse(passes(matcher, "{'price':6,'brandId':1e999999999}"));
    assertFalse(passes(matcher, "{'price':6}"));
  }

  private static boolean passes(RowMatcher matcher, String row) {
    return matcher.passes(RowMatcherTest.json(row));
  }

  private static List<Join> joins(String condition) {
    return Join.in(expression(condition), PRODUCTS);
  }

  private static Expression expression(String condition) {
    return Objects.requireNonNull(QueryParser.parse(condition, Set.of()).query().condition());
  }
}
