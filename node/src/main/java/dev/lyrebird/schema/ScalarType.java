package dev.lyrebird.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The single values a schema knows. A number counts as whole when it has no fraction, however it is
 * written ({@code 3.0} too): encoders of CBOR and MessagePack choose the spelling, not their users.
 */
public enum ScalarType implements AttributeType {
  /** Whole numbers are taken as well as text, as GraphQL coerces the input of an ID. */
  ID("ID", "a string or a whole number"),
  STRING("String", "a string"),
  INT("Int", "a whole number of 32 bits"),
  /** All 64 bits are kept; a JavaScript client sees those above 2^53 rounded. */
  LONG("Long", "a whole number of 64 bits"),
  FLOAT("Float", "a number"),
  BOOLEAN("Boolean", "true or false"),
  DATE("Date", "an ISO 8601 date or time, or a number of milliseconds since 1970"),
  BYTES("Bytes", "base64, or binary in CBOR or MessagePack"),
  BIG_INT("BigInt", "a whole number, or one in decimal digits in a string"),
  ANY("Any", "anything");

  private final String sdl;
  private final String expectation;

  ScalarType(String sdl, String expectation) {
    this.sdl = sdl;
    this.expectation = expectation;
  }

  static Optional<ScalarType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.sdl.equals(name)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(ScalarType::sdl).toList();
  }

  @Override
  public String sdl() {
    return sdl;
  }

  /** The values it admits, in words that go on from "must be". */
  public String expectation() {
    return expectation;
  }

  /** Whether it admits every value that another type admits, as JSON keeps it. */
  boolean includes(ScalarType other) {
    return this == other
        || switch (this) {
          case ANY -> true;
          case ID -> other == STRING || other == INT || other == LONG || other == BIG_INT;
          case LONG -> other == INT;
          case FLOAT, BIG_INT -> other == INT || other == LONG;
          case DATE -> other == INT || other == LONG || other == FLOAT;
          case STRING, INT, BOOLEAN, BYTES -> false;
        };
  }

  /** Whether its values may be numbers to add to. */
  public boolean isNumeric() {
    return switch (this) {
      case INT, LONG, FLOAT, BIG_INT, ANY -> true;
      case ID, STRING, BOOLEAN, DATE, BYTES -> false;
    };
  }

  /** Whether a value other than null is one of this type. */
  boolean admits(JsonNode value) {
    return switch (this) {
      case ID -> value.isTextual() || isWhole(value);
      case STRING -> value.isTextual();
      case INT -> isWhole(value) && value.canConvertToInt();
      case LONG -> isWhole(value) && value.canConvertToLong();
      case FLOAT -> isFinite(value);
      case BOOLEAN -> value.isBoolean();
      case DATE -> value.isTextual() ? IsoDate.isIsoDate(value.textValue()) : isFinite(value);
      case BYTES -> value.isBinary() || (value.isTextual() && isBase64(value.textValue()));
      case BIG_INT -> value.isTextual() ? isDigits(value.textValue()) : isWhole(value);
      case ANY -> true;
    };
  }

  private static boolean isWhole(JsonNode value) {
    return value.isNumber() && value.canConvertToExactIntegral();
  }

  /** CBOR can carry NaN, and JSON spell numbers beyond any double; no JSON client reads either. */
  private static boolean isFinite(JsonNode value) {
    return value.isNumber() && Double.isFinite(value.doubleValue());
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isDigits(String text) {
    int first = text.startsWith("-") ? 1 : 0;
    for (int i = first; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > first;
  }
}
