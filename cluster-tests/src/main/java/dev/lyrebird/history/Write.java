package dev.lyrebird.history;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one write of a test, which its payload tells.
 *
 * @param writer who wrote: one client, on one connection or in one session, whose writes are in one
 *     order
 * @param number counts the writer's writes from 1
 */
public record Write(String writer, int number) {

  private static final Pattern JSON = Pattern.compile("\"w\":\"([^\"]+)\",\"n\":(\\d+)");

  /** The payload that is written. */
  public String json() {
    return "{\"w\":\"" + writer + "\",\"n\":" + number + "}";
  }

  /** The write whose payload stands in {@code text}, alone or within an event. */
  public static Optional<Write> in(String text) {
    Matcher match = JSON.matcher(text);
    return match.find()
        ? Optional.of(new Write(match.group(1), Integer.parseInt(match.group(2))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return writer + " #" + number;
  }
}
