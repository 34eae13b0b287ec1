package dev.lyrebird.view;

import dev.lyrebird.journal.Payload;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A media type as {@code Content-Type} and {@code Accept} write it (RFC 9110 §8.3.1), in lower
 * case.
 *
 * @param parameters what follows the first semicolon, as it was written; may be empty
 */
public record MediaType(String type, String subtype, String parameters) {

  public static final MediaType JSON = new MediaType("application", "json", "");
  public static final MediaType CBOR = new MediaType("application", "cbor", "");
  public static final MediaType NDJSON = new MediaType("application", "x-ndjson", "");
  public static final MediaType BINARY = new MediaType("application", "octet-stream", "");

  /** Reads a media type; null where the text is none that may stand in a header field. */
  public static @Nullable MediaType parse(String text) {
    int semicolon = text.indexOf(';');
    String name = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
    int slash = name.indexOf('/');
    if (slash < 0) {
      return null;
    }
    String type = name.substring(0, slash);
    String subtype = name.substring(slash + 1);
    String parameters = semicolon < 0 ? "" : text.substring(semicolon + 1).strip();
    if (!isToken(type) || !isToken(subtype) || !isFieldContent(parameters)) {
      return null;
    }
    return new MediaType(
        type.toLowerCase(Locale.ROOT), subtype.toLowerCase(Locale.ROOT), parameters);
  }

  /** The type without its parameters. */
  public String name() {
    return type + '/' + subtype;
  }

  /** Whether content of the named type is JSON: by name, or by the suffix of RFC 6839 §3.1. */
  public static boolean isJson(String text) {
    if (text.equals(Payload.JSON)) {
      return true;
    }
    MediaType mediaType = parse(text);
    return mediaType != null && mediaType.isJson();
  }

  public boolean isJson() {
    return is("application", "json") || subtype.endsWith("+json");
  }

  public boolean is(String otherType, String otherSubtype) {
    return type.equals(otherType) && subtype.equals(otherSubtype);
  }

  /** The value of a parameter, without its quotes; null where there is none of that name. */
  public @Nullable String parameter(String name) {
    for (String parameter : parameters.split(";", -1)) {
      int equals = parameter.indexOf('=');
      if (equals >= 0 && parameter.substring(0, equals).strip().equalsIgnoreCase(name)) {
        String value = parameter.substring(equals + 1).strip();
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
            ? value.substring(1, value.length() - 1)
            : value;
      }
    }
    return null;
  }

  /** RFC 9110 §5.6.2. */
  public static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isFieldContent(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\t' && (c < ' ' || c >= 0x7f)) {
        return false;
      }
    }
    return true;
  }
}
