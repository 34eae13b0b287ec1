package dev.lyrebird.http;

import dev.lyrebird.hosting.RequestContext;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a request as one text, for what lasts: a fraction of what a map of them
 * takes, and nothing else of the request is kept by it.
 *
 * @param lines of fields, each behind a line feed, which stands in no field; and one at the end
 */
record HeaderText(String lines) implements RequestContext.Headers {

  private static final char END_OF_NAME = ':';

  static HeaderText of(MultiMap headers) {
    StringBuilder lines = new StringBuilder();
    headers.forEach(
        (name, value) -> lines.append('\n').append(name).append(END_OF_NAME).append(value));
    return new HeaderText(lines.append('\n').toString());
  }

  @Override
  public @Nullable String get(String name) {
    if (name.indexOf(END_OF_NAME) >= 0) {
      return null;
    }
    String begin = '\n' + name + END_OF_NAME;
    for (int line = 0; line >= 0; line = lines.indexOf('\n', line + 1)) {
      if (lines.regionMatches(true, line, begin, 0, begin.length())) {
        int from = line + begin.length();
        return lines.substring(from, lines.indexOf('\n', from));
      }
    }
    return null;
  }
}
