package dev.lyrebird.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that is written just as {@link JsonCopy} would write it again, so that its bytes
 * can go on as they are: without white space, escapes, or characters beyond ASCII. Most rows are
 * such objects, and one look at each byte proves it, for a fifth of what a parser takes. Of any
 * other JSON it makes nothing: that is for the parser.
 *
 * <p>Immutable.
 */
public final class PlainObject {

  /** Larger objects, and longer numbers, are rare: the parser and its limits judge them. */
  private static final int MOST_ATTRIBUTES = 32;

  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_NAME_BYTES = 200;
  private static final int MOST_DEPTH = 16;
  private static final int MOST_DIGITS = 18;

  /** For each attribute: where its name begins, where its value does, and where that ends. */
  private static final int SPANS = 3;

  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] NULL = ascii("null");

  private final byte[] json;
  private final int[] spans;
  private final int size;
  private final boolean isFlat;

  private PlainObject(byte[] json, int[] spans, int size, boolean isFlat) {
    this.json = json;
    this.spans = spans;
    this.size = size;
    this.isFlat = isFlat;
  }

  /** Returns the object that a document is; null where the document is no plain one. */
  public static @Nullable PlainObject of(byte[] json) {
    Look look = new Look(json);
    return look.isObject() ? new PlainObject(json, look.spans, look.size, look.isFlat) : null;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns the whole of it. */
  byte[] json() {
    return json;
  }

  int size() {
    return size;
  }

  /** Tells whether no name stands twice in it; of what has objects within, never. */
  public boolean hasDistinctNames() {
    if (!isFlat) {
      return false;
    }
    for (int i = 1; i < size; i++) {
      for (int j = 0; j < i; j++) {
        if (Arrays.equals(json, nameFrom(i), nameTo(i), json, nameFrom(j), nameTo(j))) {
          return false;
        }
      }
    }
    return true;
  }

  boolean isNamed(int attribute, byte[] name) {
    return Arrays.equals(json, nameFrom(attribute), nameTo(attribute), name, 0, name.length);
  }

  /** Tells whether an attribute holds that text. */
  boolean holdsText(int attribute, String text) {
    return isText(attribute) && spells(valueFrom(attribute) + 1, valueTo(attribute) - 1, text);
  }

  /** Tells whether an attribute holds a whole number that is spelt like that. */
  boolean holdsWholeNumber(int attribute, String spelt) {
    int first = json[valueFrom(attribute)];
    return (first == '-' || (first >= '0' && first <= '9'))
        && spelt.indexOf('.') < 0
        && spells(valueFrom(attribute), valueTo(attribute), spelt);
  }

  private boolean spells(int from, int to, String text) {
    if (text.length() != to - from) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != json[from + i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the text that the last attribute of a name holds; null where it is none. */
  public @Nullable String text(byte[] name) {
    for (int i = size - 1; i >= 0; i--) {
      if (isNamed(i, name)) {
        return isText(i) ? text(i) : null;
      }
    }
    return null;
  }

  /**
   * Returns a tree of all that is in it, as a parser makes it that keeps every digit; null where
   * only the parser can.
   */
  public @Nullable ObjectNode tree() {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < size; i++) {
      JsonNode value = node(i);
      if (value == null) {
        return null;
      }
      tree.set(name(i), value);
    }
    return tree;
  }

  String name(int attribute) {
    return string(nameFrom(attribute), nameTo(attribute));
  }

  /** Returns a value as a parser makes it that keeps every digit; null where only that can. */
  @Nullable JsonNode node(int attribute) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (json[valueFrom(attribute)]) {
      case '"' -> nodes.textNode(text(attribute));
      case 't' -> nodes.booleanNode(true);
      case 'f' -> nodes.booleanNode(false);
      case 'n' -> nodes.nullNode();
      case '{', '[' -> null;
      default -> number(string(valueFrom(attribute), valueTo(attribute)));
    };
  }

  private static JsonNode number(String spelt) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (spelt.indexOf('.') >= 0) {
      return nodes.numberNode(new BigDecimal(spelt));
    }
    long number = Long.parseLong(spelt);
    return number == (int) number ? nodes.numberNode((int) number) : nodes.numberNode(number);
  }

  private boolean isText(int attribute) {
    return json[valueFrom(attribute)] == '"';
  }

  private String text(int attribute) {
    return string(valueFrom(attribute) + 1, valueTo(attribute) - 1);
  }

  private String string(int from, int to) {
    return new String(json, from, to - from, StandardCharsets.ISO_8859_1); // fastest of ASCII
  }

  private int nameFrom(int attribute) {
    return spans[SPANS * attribute];
  }

  private int nameTo(int attribute) {
    return valueFrom(attribute) - 2; // before quote and colon
  }

  private int valueFrom(int attribute) {
    return spans[SPANS * attribute + 1];
  }

  private int valueTo(int attribute) {
    return spans[SPANS * attribute + 2];
  }

  /** Goes through a document once. */
  private static final class Look {

    private final byte[] json;
    private int[] spans = new int[SPANS * 8];
    private int size;
    private boolean isFlat = true;
    private int at;

    Look(byte[] json) {
      this.json = json;
    }

    boolean isObject() {
      return json.length <= MOST_BYTES && object(0) && at == json.length;
    }

    private boolean takes(char wanted) {
      if (at < json.length && json[at] == wanted) {
        at++;
        return true;
      }
      return false;
    }

    private boolean takes(byte[] word) {
      int from = at;
      at = Math.min(from + word.length, json.length);
      return Arrays.equals(json, from, at, word, 0, word.length);
    }

    private boolean object(int depth) {
      if (!takes('{')) {
        return false;
      }
      if (takes('}')) {
        return true;
      }
      do {
        int name = at + 1;
        if (!string() || at - name > MOST_NAME_BYTES || !takes(':')) {
          return false;
        }
        int value = at;
        if (!value(depth) || (depth == 0 && !note(name, value))) {
          return false;
        }
      } while (takes(','));
      return takes('}');
    }

    private boolean note(int name, int value) {
      if (size == MOST_ATTRIBUTES) {
        return false;
      }
      int next = SPANS * size++;
      if (next == spans.length) {
        spans = Arrays.copyOf(spans, 2 * next);
      }
      spans[next] = name;
      spans[next + 1] = value;
      spans[next + 2] = at;
      return true;
    }

    private boolean value(int depth) {
      if (at == json.length) {
        return false;
      }
      return switch (json[at]) {
        case '"' -> string();
        case '{' -> {
          isFlat = false;
          yield depth < MOST_DEPTH && object(depth + 1);
        }
        case '[' -> depth < MOST_DEPTH && array(depth + 1);
        case 't' -> takes(TRUE);
        case 'f' -> takes(FALSE);
        case 'n' -> takes(NULL);
        default -> number();
      };
    }

    private boolean array(int depth) {
      at++;
      if (takes(']')) {
        return true;
      }
      do {
        if (!value(depth)) {
          return false;
        }
      } while (takes(','));
      return takes(']');
    }

    private boolean string() {
      if (!takes('"')) {
        return false;
      }
      while (at < json.length) {
        byte next = json[at++];
        if (next == '"') {
          return true;
        }
        if (next < ' ' || next == '\\') { // a byte of a character beyond ASCII is negative
          return false;
        }
      }
      return false;
    }

    /** One of few digits and without an exponent. */
    private boolean number() {
      int from = at;
      takes('-');
      boolean isFine = takes('0') || digits();
      if (takes('.')) {
        isFine &= digits();
      }
      return isFine && at - from <= MOST_DIGITS;
    }

    private boolean digits() {
      int from = at;
      while (at < json.length && json[at] >= '0' && json[at] <= '9') {
        at++;
      }
      return at > from;
    }
  }
}
