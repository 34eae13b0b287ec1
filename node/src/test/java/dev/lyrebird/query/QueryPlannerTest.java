package dev.lyrebird.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** In which ways a condition and an order are served, by the key and by indexes. */
final class QueryPlannerTest {

  private static final TableDefinition THINGS =
      RowMatcherTest.table(
          """
          type Things @table @export {
            id: ID @primaryKey name: String @indexed temp: Float @indexed on: Boolean
            tags: [String] @indexed at: Date @indexed
          }
          """);

  private static final TableDefinition NUMBERS =
      RowMatcherTest.table("type Numbers @table @export { n: Int @primaryKey }");

  /** The one of {@code at} is being built. */
  private static final Map<String, Integer> READY = Map.of("name", 1, "temp", 2, "tags", 3);

  @Test
  void equalityIsOfOneKey() {
    Access.Index index = assertInstanceOf(Access.Index.class, named("name=a"));

    assertEquals(1, index.number());
    assertTrue(index.isOfOneKey());
    assertTrue(assertInstanceOf(Access.Index.class, named("tags=a")).isOfOneKey());
    assertTrue(assertInstanceOf(Access.Index.class, named("name=null")).isOfOneKey());
  }

  @Test
  void boundsAndBeginningsAreRanges() {
    for (String text : List.of("temp=gt=5", "temp=gt=1&lt=9", "name==a*", "name!=null")) {
      assertFalse(assertInstanceOf(Access.Index.class, named(text)).isOfOneKey(), text);
    }
  }

  @Test
  void boundsOfOneAttributeAreOneRangeAndThatOfRowsWithSeveralKeys() {
    List<KeyRange> between = assertInstanceOf(Access.Index.class, named("temp=ge=1&lt=9")).ranges();
    for (String text :
        List.of(
            "temp=ge=1&temp=lt=9", "temp=ge=0&(temp=ge=1&temp=lt=9)", "temp=ge=1&lt=9&temp=ge=0")) {
      Access.Index index = assertInstanceOf(Access.Index.class, named(text), text);
      assertEquals(List.of(between.getFirst(), IndexKeys.SEVERAL), index.ranges(), text);
      assertFalse(index.isOfOneKey(), text);
    }
    Access.Index nothing = assertInstanceOf(Access.Index.class, named("temp=ge=9&temp=lt=1"));
    assertEquals(List.of(IndexKeys.SEVERAL), nothing.ranges());
  }

  @Test
  void boundsThatDifferentElementsOfAListMayPassStayApart() {
    Access.All both = assertInstanceOf(Access.All.class, named("tags=ge=b&tags=lt=d"));
    assertEquals(2, both.parts().size());
  }

  @Test
  void termsThatNothingServesAreLeftToTheCondition() {
    assertInstanceOf(Access.Index.class, named("name=a&on=true"));
    assertInstanceOf(Access.Index.class, named("name=a&temp!=5"));
    Access.All both = assertInstanceOf(Access.All.class, named("temp=gt=5&name=a&on=true"));
    assertEquals(
        List.of("name", "temp"),
        both.parts().stream().map(part -> ((Access.Index) part).attribute()).toList());
  }

  @Test
  void alternativesAreServedTogetherOrNotAtAll() {
    assertInstanceOf(Access.Any.class, named("name=a|temp=5"));
    assertNull(named("name=a|on=true"));
    Access.All all = assertInstanceOf(Access.All.class, named("temp=gt=1&(name=a|name=b)"));
    assertInstanceOf(Access.Any.class, all.parts().getLast());
  }

  @Test
  void reasonTellsWhichAttributeToIndex() {
    assertReason("on=true", "on is not @indexed");
    assertReason("x=5", "x has no type in the schema and so no index");
    assertReason("x.y=a", "x.y has no type in the schema and so no index");
    assertReason("at=gt=2024-01-05", "at has no index that is ready");
    assertReason("name=ct=a", "an index of name does not serve !=, =ct=, =ew= and the like");
    assertReason("id=ct=a", "the key serves =, bounds and beginnings alone");
    assertReason("sort(on)", "no index has the rows in the order of on");
    assertReason("name=a&sort(temp)", "");
  }

  @Test
  void keyNamesItsRows() {
    assertEquals(Set.of("a"), ids(plan("", "id=a")));
    assertEquals(Set.of("5"), ids(numbers("n=5.0")));
    assertEquals(Set.of(), ids(numbers("n=5.5")));
    assertEquals(Set.of(), ids(numbers("n=1e999999999")));
    assertNull(numbers("n=gt=5").named());
    assertInstanceOf(Access.Any.class, named("id=a|id=b"));
  }

  @Test
  void boundsOfAKeyThatIsTextAreARangeOfIds() {
    assertEquals(range("a", "b\0"), plan("", "id=ge=a&lt=b").scan().ids());
    assertEquals(range("ab", "ac"), plan("", "id==ab*").scan().ids());
    assertEquals(range("ab", "ac"), plan("", "id=sw=ab&id=le=b&id=ge=a").scan().ids());
    assertEquals(KeyRange.ALL, plan("", "id==ab*|id==b*").scan().ids());
    assertEquals(KeyRange.ALL, plan("", "id=ct=a").scan().ids());
    assertEquals(range("a/", "a0"), plan("a/", "on=true").scan().ids());
    assertEquals(range("a/b", "a/c"), plan("a/", "id==a/b*").scan().ids());
    assertEquals(Set.of(), ids(plan("", "id=ge=b&id=le=a")));
  }

  @Test
  void narrowRangeOfIdsCompetesWithIndexes() {
    Access.All all = assertInstanceOf(Access.All.class, plan("a/", "name=x").named());

    assertInstanceOf(Access.Index.class, all.parts().getFirst());
    assertInstanceOf(Access.Scan.class, all.parts().getLast());
    assertNull(plan("a/", "on=true").named());
  }

  @Test
  void orderIsThatOfAnIndexWhereEachRowStandsOnce() {
    assertEquals(new Access.InOrder("temp", 2, true), plan("", "sort(-temp,name)").inOrder());
    assertNull(plan("", "sort(tags)").inOrder());
    assertNull(plan("", "sort(on)").inOrder());
    assertNull(plan("", "sort(at)").inOrder());
    assertNull(plan("a/", "sort(temp)").inOrder());
    assertNull(plan("", "sort(id)").inOrder());
    assertTrue(RowOrder.of(query("sort(id,temp)").sort(), THINGS).isById());
    assertFalse(RowOrder.of(query("sort(-id)").sort(), THINGS).isById());
    assertFalse(RowOrder.of(query("sort(n)").sort(), NUMBERS).isById());
  }

  @Test
  void whatDoesNotPassIsFoundByNoIndex() {
    RowMatcher named = RowMatcherTest.matcher("name=a", THINGS);
    RowQuery query = new RowQuery("", new RowMatcher.Not(named), RowOrder.BY_ID, null);
    QueryPlan plan = QueryPlanner.plan(query, THINGS, READY::get);

    assertNull(plan.named());
    assertTrue(named.passes(JsonNodeFactory.instance.objectNode().put("name", "a")));
  }

  private static @Nullable Access named(String text) {
    return plan("", text).named();
  }

  private static Set<String> ids(QueryPlan plan) {
    return Set.copyOf(assertInstanceOf(Access.Ids.class, plan.named()).ids());
  }

  private static void assertReason(String text, String reason) {
    assertEquals(reason, plan("", text).reason(), text);
  }

  private static QueryPlan plan(String prefix, String text) {
    return QueryPlanner.plan(RowQuery.of(prefix, query(text), THINGS), THINGS, READY::get);
  }

  private static QueryPlan numbers(String text) {
    return QueryPlanner.plan(RowQuery.of("", query(text), NUMBERS), NUMBERS, READY::get);
  }

  private static Query query(String text) {
    return QueryParser.parse(text, Set.of()).query();
  }

  private static KeyRange range(String from, String before) {
    return new KeyRange(from.getBytes(UTF_8), before.getBytes(UTF_8));
  }
}
