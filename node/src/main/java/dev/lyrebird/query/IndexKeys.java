package dev.lyrebird.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.lyrebird.schema.AttributeType;
import dev.lyrebird.schema.ListType;
import dev.lyrebird.schema.RelatedType;
import dev.lyrebird.schema.ScalarType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys by which an index finds rows. A row that passes a condition has a key in one of its
 * {@link #ranges}; not all that have one pass, for keys tell less than values: who looks rows up
 * asks a {@link RowMatcher} of each. What holds of keys is that of two values that have an order
 * the lesser has no greater key, that equal values have equal keys, and that no key is the
 * beginning of another.
 *
 * <pre>
 *   10 double           number; of a Date the time in ms, of a BigInt also digits in a text
 *   20 UTF-8 00         text, cut after 200 bytes; of an ID also a number, as it is spelt
 *   30 00 or 01         false, true
 *   40                  an object
 *   50                  null or missing
 *   60                  see {@link #SEVERAL}
 * </pre>
 *
 * <p>A list has a key for each of its elements, lists within lists alike; an empty list has none,
 * since nothing passes it.
 */
public final class IndexKeys {

  private static final byte NUMBER = 0x10;
  private static final byte TEXT = 0x20;
  private static final byte TRUTH = 0x30;
  private static final byte OBJECT = 0x40;
  private static final byte NULL = 0x50;

  /** Rows where the attribute is null or missing, or null in a list. */
  public static final KeyRange NULLS = KeyRange.startingWith(new byte[] {NULL});

  /** Rows where it is there and not null. */
  public static final KeyRange VALUES = new KeyRange(new byte[] {NUMBER}, new byte[] {NULL});

  private static final byte[] NOT_ONE = {0x60};

  /**
   * Rows that have not just one key of an attribute, though its type is no list: it may still be
   * one, in a row that is no JSON object for example. While there is no such row, every row stands
   * once in the index of an attribute of a scalar type.
   */
  public static final KeyRange SEVERAL = KeyRange.startingWith(NOT_ONE);

  /** What is behind makes too little difference to be stored with every row. */
  private static final int MOST_TEXT_BYTES = 200;

  /** Greater than what any code point begins with in UTF-8. */
  private static final byte[] BEHIND_ALL_TEXT = {(byte) 0xFF};

  private static final byte[] NOTHING = {};

  /** What one side of a range leaves open: by any type that has an order, or passes a bound. */
  private static final List<byte[]> WHOLE =
      List.of(new byte[] {NUMBER}, new byte[] {TEXT}, new byte[] {TRUTH});

  private IndexKeys() {}

  /**
   * Returns the keys under which a row is found by one of its attributes, each once.
   *
   * @param row as {@link RowTree} reads what clients are shown of it
   * @param type of the attribute, which is not joined from another table
   */
  public static List<byte[]> of(JsonNode row, String attribute, AttributeType type) {
    JsonNode value = row.path(attribute);
    ScalarType scalar = scalar(type);
    if (!value.isArray() && !value.isNumber()) {
      return List.of(key(value, scalar));
    }
    Set<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    addKeys(value, scalar, keys);
    if (type instanceof ScalarType && (value.isArray() || keys.size() > 1)) {
      keys.add(NOT_ONE);
    }
    return List.copyOf(keys);
  }

  private static void addKeys(JsonNode value, ScalarType type, Set<byte[]> keys) {
    if (value.isArray()) {
      for (JsonNode element : value) {
        addKeys(element, type, keys);
      }
    } else {
      keys.add(key(value, type));
      if (type == ScalarType.ID && value.isNumber()) {
        String rowKey = ValueMatcher.IsKey.key(value); // of 3.0 it is 3
        if (rowKey != null) {
          keys.add(text(rowKey));
        }
      }
    }
  }

  private static ScalarType scalar(AttributeType type) {
    return switch (type) {
      case ScalarType scalar -> scalar;
      case ListType list -> scalar(list.element());
      case RelatedType related ->
          throw new IllegalArgumentException("there is nothing to index in " + related);
    };
  }

  private static byte[] key(JsonNode value, ScalarType type) {
    return switch (value.getNodeType()) {
      case NUMBER -> type == ScalarType.ID ? text(value.asText()) : number(value.doubleValue());
      case STRING -> {
        BigDecimal number = numberIn(value.textValue(), type);
        yield number == null ? text(value.textValue()) : number(number.doubleValue());
      }
      case BOOLEAN -> truth(value.booleanValue());
      case NULL, MISSING -> new byte[] {NULL};
      case ARRAY, BINARY, OBJECT, POJO -> new byte[] {OBJECT};
    };
  }

  /** Returns the number that a text stands for, or null where it stands for itself. */
  private static @Nullable BigDecimal numberIn(String text, ScalarType type) {
    return switch (type) {
      case DATE -> Literals.millis(text);
      case BIG_INT -> Literals.number(text);
      case ID, STRING, INT, LONG, FLOAT, BOOLEAN, BYTES, ANY -> null;
    };
  }

  /**
   * Returns ranges that hold a key of every value that passes, none of which overlaps another; null
   * where an index is of no use.
   *
   * @param asked as a {@link RowMatcher} asks it of an attribute of that type
   */
  public static @Nullable List<KeyRange> ranges(ValueMatcher asked, AttributeType type) {
    return switch (asked) {
      case ValueMatcher.IsNull() -> List.of(NULLS);
      case ValueMatcher.IsNotNull() -> List.of(VALUES);
      case ValueMatcher.Equals(var operand) -> points(equals(operand, scalar(type)));
      case ValueMatcher.IsKey(var keys) -> points(anyOf(keys, scalar(type)));
      case ValueMatcher.Within(var low, var high) -> within(low, high, scalar(type));
      case ValueMatcher.HasText(var operator, var part, var takesNumbers) ->
          operator == Operator.STARTS_WITH ? List.of(startingWith(part)) : null;
      case ValueMatcher.Differs(var operand) -> null;
    };
  }

  private static @Nullable List<KeyRange> points(@Nullable Collection<byte[]> keys) {
    return keys == null ? null : keys.stream().map(KeyRange::startingWith).toList();
  }

  /** Returns the keys that values have that are equal to an operand, one a tag at the most. */
  private static @Nullable List<byte[]> equals(Scalar operand, ScalarType type) {
    return switch (operand) {
      case Scalar.Text(var text, var takesNumbers) -> List.of(text(text));
      case Scalar.Numeral(var number, var takesDigits) -> List.of(number(number.doubleValue()));
      case Scalar.Truth(var truth) -> List.of(truth(truth));
      case Scalar.Moment(var millis) -> // where any type goes, texts that are times are texts
          type == ScalarType.DATE ? List.of(number(millis.doubleValue())) : null;
      case Scalar.Untyped untyped -> equals(untyped);
    };
  }

  private static List<byte[]> equals(Scalar.Untyped operand) {
    List<byte[]> keys = new ArrayList<>(List.of(text(operand.text())));
    if (operand.number() != null) {
      keys.add(number(operand.number().doubleValue()));
    }
    Boolean truth = Literals.truth(operand.text());
    if (truth != null) {
      keys.add(truth(truth));
    }
    return keys;
  }

  /** The key of a row may be spelt as a number where it is named. */
  private static Set<byte[]> anyOf(Set<String> rowKeys, ScalarType type) {
    Set<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    for (String rowKey : rowKeys) {
      keys.add(key(TextNode.valueOf(rowKey), type));
      BigDecimal number = Literals.number(rowKey);
      if (number != null && type != ScalarType.ID) {
        keys.add(number(number.doubleValue()));
      }
    }
    return keys;
  }

  /** The ends belong to the range in any case: of values that have one key some may lie within. */
  private static @Nullable List<KeyRange> within(
      ValueMatcher.@Nullable Bound low, ValueMatcher.@Nullable Bound high, ScalarType type) {
    List<byte[]> lows = low == null ? WHOLE : equals(low.operand(), type);
    List<byte[]> highs = high == null ? WHOLE : equals(high.operand(), type);
    if (lows == null || highs == null) {
      return null;
    }
    List<KeyRange> ranges = new ArrayList<>();
    for (byte[] from : lows) {
      for (byte[] last : highs) {
        KeyRange range = new KeyRange(from, KeyRange.firstBehind(last));
        if (from[0] == last[0] && !range.isEmpty()) {
          ranges.add(range);
        }
      }
    }
    return ranges;
  }

  private static KeyRange startingWith(String part) {
    byte[] utf8 = utf8(part, plainLength(part));
    return KeyRange.startingWith(ByteBuffer.allocate(1 + utf8.length).put(TEXT).put(utf8).array());
  }

  /** The bits of a double sort as numbers do, once those of negative ones are turned round. */
  private static byte[] number(double number) {
    long bits = Double.doubleToLongBits(number + 0.0); // of two zeros there is one
    long sorted = bits < 0 ? ~bits : bits | Long.MIN_VALUE;
    return ByteBuffer.allocate(1 + Long.BYTES).put(NUMBER).putLong(sorted).array();
  }

  private static byte[] truth(boolean truth) {
    return new byte[] {TRUTH, (byte) (truth ? 1 : 0)};
  }

  private static byte[] text(String text) {
    int end = plainLength(text);
    byte[] utf8 = utf8(text, end);
    boolean isCut = end < text.length() && utf8.length < MOST_TEXT_BYTES;
    byte[] instead = isCut ? insteadOf(text.charAt(end)) : NOTHING;
    int length = Math.min(MOST_TEXT_BYTES, utf8.length + instead.length);
    byte[] key = new byte[1 + length + 1]; // the last stays 00
    key[0] = TEXT;
    System.arraycopy(utf8, 0, key, 1, utf8.length);
    System.arraycopy(instead, 0, key, 1 + utf8.length, length - utf8.length);
    return key;
  }

  /**
   * Returns up to where the UTF-8 of a text sorts as the text does and has no 00; where that is
   * far, only so far as counts.
   */
  private static int plainLength(String text) {
    int counts = Math.min(text.length(), MOST_TEXT_BYTES); // no character takes less than a byte
    int end = 0;
    while (end < counts) {
      int codePoint = text.codePointAt(end);
      boolean isHalf = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      if (codePoint == 0 || isHalf) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return end;
  }

  private static byte[] utf8(String text, int length) {
    byte[] utf8 = text.substring(0, length).getBytes(StandardCharsets.UTF_8);
    return utf8.length > MOST_TEXT_BYTES ? Arrays.copyOf(utf8, MOST_TEXT_BYTES) : utf8;
  }

  /**
   * Returns what takes the place of all that follows. JSON can spell half a surrogate pair, which
   * has no UTF-8: a first half stands before all pairs that begin with it, a second half behind all
   * pairs. U+0000 stands before all that can follow, as the end of the text does.
   */
  private static byte[] insteadOf(char unit) {
    if (Character.isHighSurrogate(unit)) {
      int firstPair = Character.toCodePoint(unit, Character.MIN_LOW_SURROGATE);
      return Character.toString(firstPair).getBytes(StandardCharsets.UTF_8);
    }
    return Character.isLowSurrogate(unit) ? BEHIND_ALL_TEXT : NOTHING;
  }
}
