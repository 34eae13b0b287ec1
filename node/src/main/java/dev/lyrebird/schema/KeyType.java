package dev.lyrebird.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The types a key may have. An id is always text, since it is a part of a path and of a topic; a
 * numeric key takes only the one plain spelling of each number, so that no row has two topics.
 */
public enum KeyType {
  ID(ScalarType.ID),
  STRING(ScalarType.STRING),
  INT(ScalarType.INT),
  LONG(ScalarType.LONG);

  private final ScalarType scalar;

  KeyType(ScalarType scalar) {
    this.scalar = scalar;
  }

  static Optional<KeyType> of(AttributeType type) {
    for (KeyType keyType : values()) {
      if (keyType.scalar == type) {
        return Optional.of(keyType);
      }
    }
    return Optional.empty();
  }

  /** The types as a schema writes them, for a message. */
  static String names() {
    return Arrays.stream(values()).map(type -> type.scalar.sdl()).collect(Collectors.joining(", "));
  }

  /** What keeps the text from being an id of this type, as a clause about the id; null: nothing. */
  public @Nullable String check(String id) {
    if (id.isEmpty()) {
      return "is empty";
    }
    return switch (this) {
      case ID, STRING -> textFault(id);
      case INT -> isPlainNumber(id, Integer.MIN_VALUE, Integer.MAX_VALUE) ? null : numberFault(32);
      case LONG -> isPlainNumber(id, Long.MIN_VALUE, Long.MAX_VALUE) ? null : numberFault(64);
    };
  }

  /** The value of the key attribute for an id that {@link #check} has passed. */
  public JsonNode toJson(String id) {
    return switch (this) {
      case ID, STRING -> TextNode.valueOf(id);
      case INT -> IntNode.valueOf(Integer.parseInt(id));
      case LONG -> LongNode.valueOf(Long.parseLong(id));
    };
  }

  /** The id that a row's key attribute spells; null if its value can be no key of this type. */
  public @Nullable String idOf(JsonNode value) {
    String id;
    if (value.isTextual()) {
      id = value.textValue();
    } else if (this != STRING && value.canConvertToExactIntegral() && value.canConvertToLong()) {
      id = Long.toString(value.longValue());
    } else {
      return null;
    }
    return check(id) == null ? id : null;
  }

  /**
   * No protocol can carry these: U+0000 has no place in a topic [MQTT-1.5.4-2], nor half a pair.
   */
  private static @Nullable String textFault(String id) {
    for (int i = 0; i < id.length(); i++) {
      char unit = id.charAt(i);
      if (unit == 0) {
        return "holds the character U+0000";
      }
      if (Character.isSurrogate(unit)) {
        if (i + 1 == id.length() || !Character.isSurrogatePair(unit, id.charAt(i + 1))) {
          return "is not well-formed Unicode: it holds half of a surrogate pair";
        }
        i++;
      }
    }
    return null;
  }

  private static boolean isPlainNumber(String id, long least, long most) {
    if (id.length() > Long.toString(Long.MIN_VALUE).length()) {
      return false;
    }
    try {
      long number = Long.parseLong(id);
      return number >= least && number <= most && Long.toString(number).equals(id);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private String numberFault(int bits) {
    return "is not a whole number of %d bits in plain digits, as the key's type %s demands"
        .formatted(bits, scalar.sdl());
  }
}
