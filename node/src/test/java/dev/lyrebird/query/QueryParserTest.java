package dev.lyrebird.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the text of a query is read. */
final class QueryParserTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiterString = "   ",
      value = {
        "a=v   a=v",
        "a==v   a=v",
        "a!=v   a!=v",
        "a=ne=v   a!=v",
        "a===v   a===v",
        "a!==v   a!==v",
        "a=gt=1   a=gt=1",
        "a=ge=1   a=ge=1",
        "a=lt=1   a=lt=1",
        "a=le=1   a=le=1",
        "a=ct=x   a=ct=x",
        "a=sw=x   a=sw=x",
        "a=ew=x   a=ew=x",
        "a==pre*   a=sw=pre",
        "a==string:pre*   a=sw=string:pre",
        "a=pre*   a=pre%2A",
        "a==pre%2A   a=pre%2A",
        "a=null   a=null",
        "a!=null   a!=null",
        "a=string:null   a=string:null",
        "a===null   a===%6Eull",
        "a=number:1.5e3   a=number:1%2E5e3",
        "a=boolean:true   a=boolean:true",
        "a=date:2024-01-05T20:07:27.955Z   a=date:2024%2D01%2D05T20%3A07%3A27%2E955Z",
        "a.b.c=1   a.b.c=1",
        "a%2Eb=1   a%2Eb=1",
        "a=%26%3D%28   a=%26%3D%28",
        "%26=1   %26=1",
        "a=12:30   a=12%3A30",
        "a=1+1   a=1%2B1",
        "a={x},y   a=%7Bx%7D%2Cy",
        "a=gt=1&lt=9   a=gt=1&lt=9",
        "a=le=9&gt=1   a=le=9&gt=1",
        "a=gt=1&a=lt=9   a=gt=1&a=lt=9",
        "(lt=9)   %6Ct=9",
        "lt=9   %6Ct=9",
        "a=1&b=2|c=3&d=4   a=1&b=2|c=3&d=4",
        "a=1&(b=2|c=3)   a=1&(b=2|c=3)",
        "a=1&[b=2|c=3]   a=1&(b=2|c=3)",
        "(a=1)   a=1",
        "((a=1&b=2)&c=3)   a=1&b=2&c=3",
        "[a=1|[b=2|(c=3)]]   a=1|b=2|c=3",
        "(a=gt=1)&(lt=9)   a=gt=1&%6Ct=9",
        "select(a)   select(a)",
        "select(a,)   select(a,)",
        "select(a,b)   select(a,b)",
        "select([a,b])   select([a,b])",
        "select([a])   select([a])",
        "select(a,b{c,d{e}})   select(a,b{c,d{e}})",
        "select(b{c})   select(b{c})",
        "sort(a)   sort(+a)",
        "sort(-a,+b.c,d)   sort(-a,+b.c,+d)",
        "limit(5)   limit(0,5)",
        "limit(10,20)   limit(10,20)",
        "limit(3)&a=1&sort(b)&select(c)&b=2   a=1&b=2&select(c)&sort(+b)&limit(0,3)",
        "(a=1|b=2)&select(c)   (a=1|b=2)&select(c)",
        "select=1   select=1",
      })
  void queryMeansWhatItsPlainSpellingMeans(String written, String plain) {
    assertEquals(plain, parse(written).toString());
    assertEquals(parse(written), parse(plain));
  }

  @Test
  void noQueryAsksForEverything() {
    assertEquals(Query.ALL, parse(""));
  }

  @Test
  void andBindsTighterThanOr() {
    Expression.Or or = (Expression.Or) condition("a=1&b=2|c=3");
    assertEquals(2, or.terms().size());
    assertEquals(2, ((Expression.And) or.terms().getFirst()).terms().size());
  }

  @Test
  void chainedBoundsAreOneRange() {
    Expression range = condition("a=gt=1&lt=9");
    assertEquals(
        new Expression.Range(
            new AttributePath(List.of("a"), 0),
            new Expression.Relation(Operator.GREATER, new Operand(Operand.Kind.PLAIN, "1", 0)),
            new Expression.Relation(Operator.LESS, new Operand(Operand.Kind.PLAIN, "9", 0))),
        range);
    assertNotEquals(range, condition("a=gt=1&a=lt=9"));
  }

  @Test
  void tokensAreDecodedAfterTheyWereTold() {
    Expression.Comparison comparison =
        (Expression.Comparison) condition("%C3%A4.b%2Ec=%26%7C%E2%82%AC");
    assertEquals(List.of("ä", "b.c"), comparison.attribute().names());
    assertEquals("&|€", comparison.relation().operand().text());
  }

  @Test
  void bytesBeyondAsciiAreUtf8() {
    Expression.Comparison comparison = (Expression.Comparison) condition("a=\u00c3\u00a4");
    assertEquals("ä", comparison.relation().operand().text());
  }

  @Test
  void doorTakesItsParametersOutOfTheQuery() {
    ParsedQuery parsed =
        QueryParser.parse(
            "ready=true&temp=gt=30&since=%61b&select(temp)&history",
            Set.of("ready", "since", "history"));
    assertEquals(Map.of("ready", "true", "since", "ab", "history", ""), parsed.parameters());
    assertEquals(parse("temp=gt=30&select(temp)"), parsed.query());
  }

  @Test
  void attributeThatIsNamedLikeAParameterIsReachedInParentheses() {
    ParsedQuery parsed = QueryParser.parse("(ready=true)&ready=false", Set.of("ready"));
    assertEquals(Map.of("ready", "false"), parsed.parameters());
    assertEquals(parse("ready=true"), parsed.query());
    assertEquals(parse("ready=true"), QueryParser.parse("%72eady=true", Set.of("ready")).query());
  }

  @Test
  void queryOfParametersAloneAsksForEverything() {
    ParsedQuery parsed = QueryParser.parse("ready=true", Set.of("ready"));
    assertEquals(Query.ALL, parsed.query());
    assertNull(parsed.query().condition());
  }

  /** The place is that of the character at fault, counted from 1. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiterString = "   ",
      value = {
        "a   2   expected a comparison",
        "a&b=1   2   expected a comparison",
        "=1   1   expected a condition",
        "&a=1   1   expected a condition",
        "a=1&   5   expected a condition",
        "a=1&&b=2   5   expected a condition",
        "a=1|   5   expected a condition",
        "a=1||b=2   5   expected a condition",
        "a.=1   3   expected the name of an attribute",
        ".a=1   1   expected a condition",
        "a<5   2   =lt=",
        "a>5   2   =gt=",
        "a!5   2   expected a comparison",
        "a=gx=5   3   'gx'",
        "a=eq=5   3   expected one of the operators",
        "a=b=c   3   %3D",
        "a=gt==5   6   %3D",
        "a====5   5   %3D",
        "a=f(x)   4   %28",
        "a=x[0]   4   %5B",
        "a=)   3   expected '&' or '|'",
        "(a=1   5   expected '&', '|' or the ')' that closes character 1",
        "(a=1]   5   the ')' that closes character 1",
        "[a=1)   5   the ']' that closes character 1",
        "a=1)   4   expected '&' or '|'",
        "(a=1)b=2   6   expected '&' or '|'",
        "()   2   expected a condition",
        "a=%   3   two hexadecimal digits",
        "a=x%zz   4   two hexadecimal digits",
        "a=%ff   3   UTF-8",
        "%gg=1   1   two hexadecimal digits",
        "a=int:5   3   number: string: boolean: date:",
        "a=http://x   3   %3A",
        "a=number:x   10   a number",
        "a=number:   10   a number",
        "a=number:+1   10   a number",
        "a=boolean:yes   11   true or false",
        "a=date:today   8   ISO 8601",
        "a=gt=null   6   null has no order",
        "a=sw=null   6   null has no order",
        "a=ct=   6   expected some text",
        "a==*   4   expected some text",
        "a==*b   4   %2A",
        "a==a*b*   5   %2A",
        "a=1&lt=9   5   'lt=' adds a bound",
        "a=gt=1&gt=9   8   'gt=' adds a bound",
        "a=gt=1&lt=9&lt=8   13   'lt=' adds a bound",
        "a=gt=1|lt=9   8   'lt=' adds a bound",
        "a=gt=1&lt=x=3   12   %3D",
        "foo(a)   1   no function 'foo'",
        "selct(a)   1   did you mean select?",
        "select(a   9   expected ',' or ')'",
        "select()   8   expected the name of an attribute to select",
        "select(a,,b)   10   expected the name of an attribute to select",
        "select(a,b,)   12   expected the name of an attribute to select",
        "select([a,b)   12   expected ',' or ']'",
        "select([a],b)   11   expected ',' or ')'",
        "select(a{b)   11   expected ',' or '}'",
        "select(a.b)   9   a{b}",
        "select(a,a)   10   'a' is selected twice",
        "select(a)&select(b)   11   given twice",
        "(select(a))   2   not within parentheses",
        "a=1|select(b)   5   in parentheses",
        "select(b)|a=1   1   in parentheses",
        "a=1&limit(3)|b=2   5   in parentheses",
        "limit()   7   a whole number",
        "limit(x)   7   a whole number",
        "limit(-1)   7   a whole number",
        "limit(1,2,3)   10   expected ',' or ')'",
        "limit(5,2)   7   goes from",
        "limit(12345678901)   7   a whole number",
        "sort()   6   expected the name of an attribute",
        "sort(-)   7   expected the name of an attribute",
        "sort(a b)   7   a URL has no such character",
        "a=\u20ac   3   a URL has no such character",
      })
  void faultIsToldWithItsPlace(String written, int at, String words) {
    RefusedException refused = assertThrows(RefusedException.class, () -> parse(written));
    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
    String detail = refused.refusal().detail();
    assertTrue(detail.startsWith("at character " + at + " of the query: "), detail);
    assertTrue(detail.contains(words), detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ready=1&ready=2",
        "ready=1|a=2",
        "a=2|ready=1",
        "ready.x=1",
        "ready(a)",
        "ready!=1"
      })
  void parameterIsNeverTakenForAConditionOrHalfOfOne(String written) {
    if (written.startsWith("ready.x") || written.startsWith("ready!")) {
      assertTrue(QueryParser.parse(written, Set.of("ready")).parameters().isEmpty());
    } else {
      assertThrows(RefusedException.class, () -> QueryParser.parse(written, Set.of("ready")));
    }
  }

  @Test
  void nestingAndLengthHaveTheirBounds() {
    assertEquals(parse("a=1"), parse("(".repeat(50) + "a=1" + ")".repeat(50)));
    assertThrows(RefusedException.class, () -> parse("(".repeat(51) + "a=1" + ")".repeat(51)));
    parse("a=1" + "&a=1".repeat(255));
    assertThrows(RefusedException.class, () -> parse("a=1" + "&a=1".repeat(256)));
    assertThrows(RefusedException.class, () -> parse("select(" + "a{".repeat(60) + ")"));
  }

  private static Expression condition(String written) {
    return Objects.requireNonNull(parse(written).condition());
  }

  private static Query parse(String written) {
    return QueryParser.parse(written, Set.of()).query();
  }
}
