package dev.lyrebird.table;

import static dev.lyrebird.table.RowHistory.merged;
import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a row whose changes arrive late: always what it would be had they not. */
final class RowStateTest {
  private static final RowRules RULES = new RowRules(Samples.table("type T @table { id: ID }"));

  private static Stream<Arguments> histories() {
    return Stream.of(
        arguments(
            "a later PATCH lies over a PUT",
            List.of(put(50, "{}"), patch(200, "{'b':1}"), put(100, "{'a':1,'b':0}")),
            "{'a':1,'b':1}"),
        arguments(
            "of each attribute the latest PATCH counts",
            List.of(
                put(50, "{}"),
                patch(200, "{'b':'new'}"),
                patch(100, "{'b':'old','c':'old'}"),
                patch(150, "{'b':'mid','c':'mid'}")),
            "{'b':'new','c':'mid'}"),
        arguments(
            "a PUT undoes only what is older",
            List.of(
                put(50, "{}"), patch(300, "{'b':1}"), patch(100, "{'c':1}"), put(200, "{'a':1}")),
            "{'a':1,'b':1}"),
        arguments(
            "a PATCH later than a DELETE makes a row of its own",
            List.of(put(50, "{'a':1}"), patch(300, "{'b':1}"), delete(200)),
            "{'b':1}"),
        arguments(
            "additions add up",
            List.of(put(50, "{'n':1}"), add(60, 2), add(70, 3), add(80, -10)),
            "{'n':-4}"),
        arguments(
            "a value set undoes an older addition",
            List.of(add(60, 5), patch(70, "{'n':100}")),
            "{'n':100}"),
        arguments(
            "a later addition counts on top of a value set",
            List.of(patch(60, "{'n':100}"), add(70, 5)),
            "{'n':105}"),
        arguments(
            "an addition before a value set is gone",
            List.of(put(50, "{'n':1}"), add(60, 2), patch(70, "{'n':100}"), add(80, 5)),
            "{'n':105}"),
        arguments(
            "a PUT between additions keeps the later one",
            List.of(add(60, 2), put(70, "{'n':100}"), add(80, 5)),
            "{'n':105}"),
        arguments(
            "what is no number counts as nothing in a sum",
            List.of(put(50, "{'n':'five'}"), add(60, 2)),
            "{'n':2}"),
        arguments(
            "a PATCH makes an object of what was none",
            List.of(new Change(at(50), Write.put("r", text("plain"))), patch(60, "{'b':1}")),
            "{'b':1}"),
        arguments(
            "a null is a value",
            List.of(put(50, "{'a':1,'b':1}"), patch(60, "{'a':null}")),
            "{'a':null,'b':1}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("histories")
  void everyOrderOfArrivalEndsInTheSameRow(String rule, List<Change> changes, String row) {
    RowState inOrder = merged(changes);
    for (List<Change> order : permutations(changes)) {
      assertEquals(node(json(quoted(row))), row(merged(order)), () -> "after " + order);
      assertEquals(inOrder, merged(order), () -> "after " + order);
    }
  }

  @Test
  void aLaterDeleteLeavesNothing() {
    for (List<Change> order : permutations(List.of(put(50, "{}"), add(60, 1), delete(70)))) {
      RowState state = merged(order);
      assertFalse(state.isVisible());
      assertEquals(at(70), state.version());
    }
  }

  @Test
  void ofOneTimeTheGreaterNodeWins() {
    Change lesser = new Change(new Timestamp(50, 1), Write.put("r", json("{\"a\":1}")));
    Change greater = new Change(new Timestamp(50, 2), Write.put("r", json("{\"a\":2}")));
    assertEquals(json("{\"a\":2}"), merged(List.of(greater, lesser)).base());
    assertEquals(json("{\"a\":2}"), merged(List.of(lesser, greater)).base());
  }

  @Test
  void whatLosesChangesNothing() {
    RowState state = merged(List.of(put(50, "{}"), patch(200, "{'b':1}")));
    assertSame(state, state.merge(put(40, "{'a':1}")));
    assertSame(state, state.merge(patch(100, "{'b':0}")));
    assertSame(state, state.merge(patch(300, "{}")));
    assertSame(state, state.merge(new Change(at(300), Write.message("r", text("hello")))));
  }

  @Test
  void aRowEndsWhenTheLatestWordOnItSays() {
    List<Change> changes =
        List.of(
            ending(put(50, "{}"), 5000),
            ending(patch(60, "{'a':1}"), 6000),
            patch(70, "{'a':2}"),
            put(55, "{}"));
    for (List<Change> order : permutations(changes)) {
      assertEquals(6000, merged(order).expiresAtMillis(), () -> "after " + order);
      assertEquals(0, merged(order).merge(put(80, "{}")).expiresAtMillis());
    }
  }

  @Test
  void sumsStayFiniteWhateverIsAdded() {
    for (String huge :
        List.of(
            "1e999999999",
            "1e2147483647",
            "1e2147483648",
            "9".repeat(900) + "e2147483647",
            "-9e2147483647",
            "1e-2147483647",
            "1." + "1".repeat(900) + "e-2147482800",
            "0e2147483647")) {
      RowState state = merged(List.of(put(50, "{'n':%s}".formatted(huge)), add(60, 1)));
      state = state.merge(patch(70, "{'n':{'__op__':'add','value':%s}}".formatted(huge)));
      state = RULES.folded("r", state, Long.MAX_VALUE);
      state = state.merge(patch(80, "{'n':{'__op__':'add','value':%s}}".formatted(huge)));
      Payload whole = RULES.whole("r", state);
      assertTrue(node(whole).path("n").isNumber(), huge);
      assertTrue(whole.bytes().length < 100, huge);
    }
  }

  private static List<List<Change>> permutations(List<Change> changes) {
    if (changes.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Change>> all = new ArrayList<>();
    for (Change first : changes) {
      List<Change> others = changes.stream().filter(other -> !other.equals(first)).toList();
      for (List<Change> rest : permutations(others)) {
        all.add(Stream.concat(Stream.of(first), rest.stream()).toList());
      }
    }
    return all;
  }

  private static Change put(long time, String row) {
    return new Change(at(time), Write.put("r", json(quoted(row))));
  }

  private static Change patch(long time, String attributes) {
    return new Change(at(time), Write.patch("r", json(quoted(attributes))));
  }

  private static Change add(long time, int amount) {
    return patch(time, "{'n':{'__op__':'add','value':%d}}".formatted(amount));
  }

  private static Change delete(long time) {
    return new Change(at(time), Write.delete("r"));
  }

  private static Change ending(Change change, long millis) {
    Write write = change.write();
    return new Change(
        change.timestamp(),
        new Write(write.kind(), write.id(), write.payload(), write.qos(), 0, millis, null));
  }

  private static Timestamp at(long time) {
    return new Timestamp(time, 1);
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  /** Returns the attributes of a row, with numbers as they are read. */
  private static JsonNode row(RowState state) {
    return node(JsonObjects.payload(state.merged()));
  }

  private static JsonNode node(Payload payload) {
    return JsonObjects.read(payload.bytes());
  }
}
