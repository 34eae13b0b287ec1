package dev.lyrebird.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What conditions mean in a table. */
final class RowMatcherTest {

  private static final TableDefinition TABLE =
      table(
          """
          type Things @table @export {
            id: ID @primaryKey
            name: String
            count: Int
            total: Long
            temp: Float
            on: Boolean
            at: Date
            raw: Bytes
            big: BigInt
            any: Any
            tags: [String]
            marks: [Int]
            parentId: ID
            parent: Things @relationship(from: "parentId")
          }
          """);

  private static final TableDefinition SEALED =
      table("type Things @table @export @sealed { id: ID @primaryKey temp: Float }");

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiterString = "   ",
      value = {
        // Declared types decide how the operand is read.
        "name=5   {'name':'5'}   true",
        "name=5   {'name':5}   false",
        "name=true   {'name':'true'}   true",
        "count=5   {'count':5}   true",
        "count=5.0   {'count':5}   true",
        "count=5   {'count':5.0}   true",
        "count=5   {'count':'5'}   false",
        "count=gt=4.5   {'count':5}   true",
        "total=9007199254740993   {'total':9007199254740992}   false",
        "total=gt=9007199254740992   {'total':9007199254740993}   true",
        "temp=0.1   {'temp':0.1}   true",
        "temp=1e1   {'temp':10}   true",
        "temp=gt=1e400   {'temp':1e401}   true",
        "on=true   {'on':true}   true",
        "on=true   {'on':false}   false",
        "on!=true   {'on':false}   true",
        "on!=true   {}   true",
        "at=gt=2024-01-05   {'at':'2024-01-05T00:00:01Z'}   true",
        "at=2024-01-05T01:00:00%2B01:00   {'at':'2024-01-05'}   true",
        "at=1704412800000   {'at':'2024-01-05'}   true",
        "at=lt=2024-01-05   {'at':1704412799999.5}   true",
        "at=gt=2024-01-05   {'at':'soon'}   false",
        "raw=AQI%3D   {'raw':'AQI='}   true",
        "big=12345678901234567890   {'big':12345678901234567890}   true",
        "big=12345678901234567890   {'big':'12345678901234567890'}   true",
        "big=gt=9   {'big':'10'}   true",
        "temp=gt=date:2024-01-05   {'temp':1704412800001}   true",
        "id=7   {'id':'7'}   true",
        "id=7   {'id':7}   true",
        "id=sw=ab/   {'id':'ab/1'}   true",
        // An attribute without a type goes by the type that each value has.
        "x=5   {'x':5}   true",
        "x=5   {'x':'5'}   true",
        "x=5   {'x':5.00}   true",
        "x=true   {'x':true}   true",
        "x=true   {'x':'true'}   true",
        "x=gt=10   {'x':9}   false",
        "x=gt=10   {'x':'9'}   true",
        "x=gt=abc   {'x':5}   false",
        "x=number:5   {'x':5}   true",
        "x=number:5   {'x':'5'}   false",
        "x=string:5   {'x':'5'}   true",
        "x=string:5   {'x':5}   false",
        "x===5   {'x':'5'}   true",
        "x===5   {'x':5}   false",
        "x===number:5   {'x':5}   true",
        "x!==5   {'x':5}   true",
        "x=boolean:true   {'x':true}   true",
        "x=boolean:true   {'x':'true'}   false",
        "x=date:2024-01-05   {'x':'2024-01-05T00:00:00Z'}   true",
        "x=gt=date:2024-01-05   {'x':1704412800001}   true",
        "any=5   {'any':'5'}   true",
        // Text.
        "name=ct=bc   {'name':'abcd'}   true",
        "name=sw=ab   {'name':'abcd'}   true",
        "name=ew=cd   {'name':'abcd'}   true",
        "name==ab*   {'name':'abcd'}   true",
        "name==ab*   {'name':'ab'}   true",
        "name==ab*   {'name':'xab'}   false",
        "x=ct=5   {'x':5}   false",
        "name=gt=b   {'name':'c'}   true",
        "name=ge=b   {'name':'b'}   true",
        "name=lt=b   {'name':'B'}   true",
        "name=gt=%EF%BF%BD   {'name':'\uD83D\uDE00'}   true",
        "name=   {'name':''}   true",
        "name=   {}   false",
        // null and what is missing.
        "x=null   {}   true",
        "x=null   {'x':null}   true",
        "x=null   {'x':0}   false",
        "x!=null   {'x':{}}   true",
        "x!=null   {}   false",
        "x!=5   {}   true",
        "x!=5   {'x':null}   true",
        "x!=5   {'x':'abc'}   true",
        "x!=5   {'x':{}}   true",
        "x=gt=0   {}   false",
        "x=lt=0   {'x':null}   false",
        "x=string:null   {'x':'null'}   true",
        "x===null   {'x':'null'}   true",
        "x===null   {}   false",
        "temp=null   {}   true",
        // Lists pass where one element does; an empty one has none.
        "tags=a   {'tags':['b','a']}   true",
        "tags=a   {'tags':['b']}   false",
        "tags!=a   {'tags':['a','b']}   true",
        "tags!=a   {'tags':['a']}   false",
        "tags=null   {'tags':[]}   false",
        "tags!=a   {'tags':[]}   false",
        "tags=null   {'tags':['a',null]}   true",
        "tags=ct=b   {'tags':['abc']}   true",
        "marks=gt=1&lt=9   {'marks':[0,10]}   false",
        "marks=gt=1&marks=lt=9   {'marks':[0,10]}   true",
        "marks=gt=1&lt=9   {'marks':[0,5]}   true",
        "x=1   {'x':[[0],[[1]]]}   true",
        // Paths.
        "x.y=1   {'x':{'y':1}}   true",
        "x.y=1   {'x':1}   false",
        "x.y=null   {'x':1}   true",
        "x.y=null   {}   true",
        "x.y=1   {'x':[{'y':0},{'y':1}]}   true",
        "x.y=1   {'x':{'y':[0,1]}}   true",
        "x.y.z=1   {'x':[{'y':{'z':1}}]}   true",
        "x%2Ey=1   {'x.y':1}   true",
        "any.y=1   {'any':{'y':1}}   true",
        // Composition.
        "x=1&y=2   {'x':1,'y':2}   true",
        "x=1&y=2   {'x':1}   false",
        "x=1|y=2   {'y':2}   true",
        "x=1|y=2&z=3   {'x':1}   true",
        "(x=1|y=2)&z=3   {'x':1}   false",
        "(x=1|y=2)&z=3   {'y':2,'z':3}   true",
        // What is no object has no attributes, and passes nothing.
        "x=null   5   false",
        "x=null   [{}]   false",
        "x!=1   'text'   false",
      })
  void conditionPassesRows(String condition, String row, boolean passes) {
    assertEquals(passes, matcher(condition, TABLE).passes(json(row)), condition + " on " + row);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiterString = "   ",
      value = {
        "count=abc   7   Int",
        "count=   7   Int",
        "count=string:5   7   Int",
        "name=number:5   6   String",
        "on=yes   4   Boolean",
        "on=gt=true   1   no order",
        "x=gt=boolean:true   1   no order",
        "raw=gt=AQ   1   no order",
        "at=soon   4   Date",
        "big=x   5   BigInt",
        "count=ct=5   1   Int",
        "x=ct=number:5   6   expected text",
        "temp.x=1   1   no attributes",
        "tags.x=1   1   no attributes",
        "parent.name=x   1   joins rows of Things",
        "name=a&(x=1|count=abc)   19   Int",
      })
  void whatCanHoldOfNoRowIsRefusedWithItsPlace(String condition, int at, String words) {
    assertRefused(at, words, () -> matcher(condition, TABLE));
  }

  @Test
  void sealedTableRefusesWhatItDoesNotDeclare() {
    assertRefused(1, "did you mean temp?", () -> matcher("tmp=1", SEALED));
    assertRefused(8, "Things has no attribute 'other'", () -> matcher("temp=1&other.x=2", SEALED));
    assertTrue(matcher("id=a&temp=1", SEALED).passes(json("{'id':'a','temp':1}")));
  }

  @Test
  void numbersBeyondComputingPassNothing() {
    JsonNode row = RowTree.read("{\"x\":1e99999999999}".getBytes(UTF_8));
    assertFalse(matcher("x!=1", TABLE).passes(row));
  }

  static RowMatcher matcher(String condition, TableDefinition table) {
    Query query = QueryParser.parse(condition, Set.of()).query();
    return RowMatcher.of(Objects.requireNonNull(query.condition()), table);
  }

  static void assertRefused(int at, String words, Executable call) {
    RefusedException refused = assertThrows(RefusedException.class, call);
    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
    String detail = refused.refusal().detail();
    assertTrue(detail.startsWith("at character " + at + " of the query: "), detail);
    assertTrue(detail.contains(words), detail);
  }

  static TableDefinition table(String sdl) {
    return Schema.parse(List.of(new Source("test", sdl))).tables().getFirst();
  }

  static JsonNode json(String singleQuoted) {
    return RowTree.read(singleQuoted.replace('\'', '"').getBytes(UTF_8));
  }
}
