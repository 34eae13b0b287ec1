package dev.lyrebird.http;

import io.vertx.core.MultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads header fields. */
final class Fields {

  private Fields() {}

  /**
   * Returns the value of a field that is a list, whose parts may come on lines of their own (RFC
   * 9110 §5.3); null where there is no such field.
   */
  static @Nullable String list(MultiMap headers, CharSequence name) {
    if (!headers.contains(name)) {
      return null;
    }
    List<String> lines = headers.getAll(name);
    return lines.size() == 1 ? lines.getFirst() : String.join(",", lines);
  }
}
