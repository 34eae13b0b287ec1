package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyTypeTest {

  @Test
  void aNumericKeyHasOneSpelling() {
    for (String id : List.of("0", "7", "-7", "2147483647", "-2147483648")) {
      assertNull(KeyType.INT.check(id), id);
      assertEquals(IntNode.valueOf(Integer.parseInt(id)), KeyType.INT.toJson(id));
      assertNull(KeyType.LONG.check(id), id);
    }
    for (String id : List.of("007", "+7", "-0", "7.0", "7e0", " 7", "x", "-", "٧", "7/8")) {
      assertNotNull(KeyType.INT.check(id), id);
      assertNotNull(KeyType.LONG.check(id), id);
    }
    assertEquals(
        "is not a whole number of 32 bits in plain digits, as the key's type Int demands",
        KeyType.INT.check("2147483648"));
    assertEquals(
        LongNode.valueOf(Long.MIN_VALUE), KeyType.LONG.toJson(Long.toString(Long.MIN_VALUE)));
    assertNotNull(KeyType.LONG.check("9223372036854775808"));
    assertNotNull(KeyType.LONG.check("9".repeat(60_000)));
  }

  @Test
  void aTextKeyIsAnyTextThatEveryProtocolCanCarry() {
    for (String id : List.of("007", "a/b/", " ", "café", "\uD83D\uDE00", "a+b#")) {
      assertNull(KeyType.ID.check(id), id);
      assertEquals(TextNode.valueOf(id), KeyType.STRING.toJson(id));
    }
    assertEquals("holds the character U+0000", KeyType.ID.check("a\0"));
    String half = "is not well-formed Unicode: it holds half of a surrogate pair";
    assertEquals(half, KeyType.STRING.check("\uD83D"));
    assertEquals(half, KeyType.STRING.check("\uDE00\uD83D"));
  }

  @Test
  void noIdIsEmpty() {
    for (KeyType type : KeyType.values()) {
      assertEquals("is empty", type.check(""), type::name);
    }
  }

  @Test
  void aRowsOwnKeyIsReadAsItsTypeDemands() {
    assertEquals("7", KeyType.ID.idOf(IntNode.valueOf(7)));
    assertEquals("7", KeyType.INT.idOf(DoubleNode.valueOf(7)));
    assertEquals("7", KeyType.INT.idOf(TextNode.valueOf("7")));
    assertNull(KeyType.INT.idOf(TextNode.valueOf("07")));
    assertNull(KeyType.INT.idOf(LongNode.valueOf(1L << 40)));
    assertEquals("1099511627776", KeyType.LONG.idOf(LongNode.valueOf(1L << 40)));
    assertNull(KeyType.STRING.idOf(IntNode.valueOf(7)));
    assertNull(KeyType.ID.idOf(DoubleNode.valueOf(7.5)));
    assertNull(KeyType.ID.idOf(JsonNodeFactory.instance.objectNode()));
    assertNull(KeyType.ID.idOf(NullNode.instance));
    assertNull(KeyType.ID.idOf(TextNode.valueOf("")));
  }

  @Test
  void onlyAnotherIdContradictsThePath() {
    Key key = new Key("id", KeyType.ID);
    var row = JsonNodeFactory.instance.objectNode();
    assertFalse(key.contradicts(row, "7"));
    assertFalse(key.contradicts(row.putNull("id"), "7"));
    assertFalse(key.contradicts(row.put("id", "7"), "7"));
    assertFalse(key.contradicts(row.put("id", 7), "7"));
    assertTrue(key.contradicts(row.put("id", "8"), "7"));
    assertTrue(key.contradicts(row.put("id", true), "7"));
  }
}
