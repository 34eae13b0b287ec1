package dev.lyrebird.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is meant by sending an object, and what a message is as one. */
final class MessageTest {

  private static final Message JSON = Message.json(Map.of("temp", 1));

  /** Rows from memory. */
  private static final class Taken<T> implements Rows<T> {

    private final Iterator<T> each;
    private boolean isClosed;

    Taken(Iterator<T> each) {
      this.each = each;
    }

    @Override
    public Iterator<T> iterator() {
      return each;
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  /** A table in which nothing happens. */
  private static final class Silence implements Changes {

    private boolean isClosed;

    @Override
    public @Nullable Change next(Duration limit) {
      return null;
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  private static Row row(String id, Message content) {
    return new Row(id, "v", Instant.EPOCH, content);
  }

  record Envelope(String from, @Nullable Object what) {}

  private static String enveloped(@Nullable Object what) {
    return Message.of(new Envelope("ann", what)).text();
  }

  @Test
  void messageWithinAnObjectIsWhatItHolds() {
    assertEquals("{\"from\":\"ann\",\"what\":{\"temp\":1}}", enveloped(JSON));
    assertEquals(
        "{\"from\":\"ann\",\"what\":\"say \\\"hi\\\"\"}", enveloped(Message.text("say \"hi\"")));
    assertEquals(
        "{\"from\":\"ann\",\"what\":\"AQID\"}", enveloped(Message.binary(new byte[] {1, 2, 3})));
    assertEquals("[{\"temp\":1},\"x\"]", Message.of(List.of(JSON, Message.text("x"))).text());
    assertEquals("{\"a\":{\"temp\":1}}", Message.of(Map.of("a", JSON)).text());
    assertEquals("{\"temp\":1}", Message.json(JSON).text());
  }

  @Test
  void messageThatIsNoJsonBreaksOutOfNoObject() {
    Message other = Message.of("1},{\"x\":1".getBytes(UTF_8), "application/json", true);
    assertEquals(400, refused(() -> Message.of(List.of(other))).status());
  }

  @Test
  void rowIsItsContent() {
    assertEquals(JSON, Message.of(row("a", JSON)));
    assertEquals("[{\"temp\":1}]", Message.of(List.of(row("a", JSON))).text());
    assertEquals("{\"from\":\"ann\",\"what\":{\"temp\":1}}", enveloped(row("a", JSON)));
  }

  @Test
  void rowsAreAnArrayAndAreClosed() {
    Taken<Row> rows = new Taken<>(List.of(row("a", JSON), row("b", Message.text("x"))).iterator());
    Message list = Message.of(rows);
    assertEquals("[{\"temp\":1},\"x\"]", list.text());
    assertEquals("application/json", list.contentType());
    assertTrue(rows.isClosed);
    assertEquals("[]", Message.of(new Taken<>(List.<Row>of().iterator())).text());

    Taken<Envelope> others = new Taken<>(List.of(new Envelope("ann", null)).iterator());
    assertEquals(
        "{\"from\":\"bob\",\"what\":[{\"from\":\"ann\",\"what\":null}]}",
        Message.of(new Envelope("bob", others)).text());
    assertTrue(others.isClosed);
  }

  @Test
  void rowsThatAreTooManyAreRefusedAndClosed() {
    Message large = Message.json("x".repeat(1 << 20));
    Taken<Row> rows =
        new Taken<>(IntStream.range(0, 17).mapToObj(i -> row("r" + i, large)).iterator());
    ProblemException problem = refused(() -> Message.of(new Envelope("ann", rows)));
    assertEquals(400, problem.status());
    assertTrue(problem.detail().contains("longer than 16777216 bytes"), problem.detail());
    assertTrue(rows.isClosed);
  }

  @Test
  void changeIsToldAsByAStream() {
    Message told = Message.of(new Change(Change.Kind.PUT, "a", JSON, "c7"));
    assertEquals(
        "{\"id\":\"a\",\"value\":{\"temp\":1},\"type\":\"put\",\"cursor\":\"c7\"}", told.text());
    assertEquals("c7", told.id());
    Change back = Change.of(told.bytes());
    assertEquals(Change.Kind.PUT, back.kind());
    assertEquals("a", back.id());
    assertEquals("c7", back.cursor());
    assertEquals(
        "{\"id\":\"a\",\"type\":\"delete\"}",
        Message.of(new Change(Change.Kind.DELETE, "a", null, null)).text());
    assertEquals(
        "{\"type\":\"ready\"}", Message.of(new Change(Change.Kind.READY, "", null, null)).text());
  }

  @Test
  void changesAreNoValue() {
    Silence changes = new Silence();
    var fault = assertThrows(IllegalArgumentException.class, () -> Message.of(changes));
    assertTrue(String.valueOf(fault.getMessage()).contains("do not end"), fault.getMessage());
    assertTrue(changes.isClosed);
  }

  @Test
  void objectWithoutAttributesIsAFault() {
    assertThrows(IllegalArgumentException.class, () -> Message.of(new Object()));
    assertEquals("{}", Message.of(Map.of()).text());
  }

  record Refusing(int temp) {
    Refusing {
      if (temp < 0) {
        throw new ProblemException(422, "too cold");
      }
    }

    @Override
    public int temp() {
      if (temp > 50) {
        throw new ProblemException(409, "too hot");
      }
      return temp;
    }
  }

  @Test
  void whatGettersAndConstructorsTellTheClientIsTold() {
    assertEquals(422, refused(() -> as("{\"temp\":-1}", Refusing.class)).status());
    assertEquals(409, refused(() -> Message.of(new Refusing(51))).status());
  }

  record Dog(String name, int age, @Nullable Integer legs) {}

  private static <T> T as(String json, Class<T> type) {
    return Message.text(json).as(type);
  }

  @Test
  void primitiveThatIsMissingIsNamed() {
    assertEquals(new Dog("rex", 3, null), as("{\"name\":\"rex\",\"age\":3}", Dog.class));
    for (String json : List.of("{\"name\":\"rex\"}", "{\"name\":\"rex\",\"age\":null}")) {
      ProblemException problem = refused(() -> as(json, Dog.class));
      assertEquals(400, problem.status());
      assertTrue(problem.detail().startsWith("the attribute age is missing"), problem.detail());
    }
    ProblemException inside = refused(() -> as("[{\"name\":\"rex\"}]", Dog[].class));
    assertTrue(inside.detail().startsWith("the attribute [].age is missing"), inside.detail());
    ProblemException form = refused(() -> as("{\"name\":\"rex\",\"age\":\"old\"}", Dog.class));
    assertTrue(form.detail().startsWith("the attribute age does not have"), form.detail());
    ProblemException unknown = refused(() -> as("{\"name\":\"rex\",\"age\":3,\"x\":1}", Dog.class));
    assertTrue(unknown.detail().contains("no attribute x"), unknown.detail());
  }

  @Test
  void rowMayLackAttributes() {
    assertEquals(
        new Dog("rex", 0, null), row("a", Message.text("{\"name\":\"rex\"}")).as(Dog.class));
  }

  @Test
  void nothingStandsBehindAValue() {
    Map<?, ?> value = as(" {\"a\":1} \n", Map.class);
    assertEquals(Map.of("a", 1), value);
    ProblemException second = refused(() -> as("{\"a\":1} {\"a\":2}", Map.class));
    assertEquals("400 this is more than one JSON value", second.status() + " " + second.detail());
    ProblemException rest = refused(() -> as("{\"a\":1} oops", Map.class));
    assertTrue(rest.detail().startsWith("this is no JSON"), rest.detail());
  }

  @Test
  void jsonIsUtf8Alone() {
    byte[] json = "{\"name\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    ProblemException latin =
        refused(() -> Message.of(json, "application/json", true).as(Map.class));
    assertEquals("this is no JSON: it is not in UTF-8", latin.detail());
  }

  private static ProblemException refused(Runnable code) {
    return assertThrows(ProblemException.class, code::run);
  }
}
