package dev.lyrebird.harness;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a node accepts clients, as its start line tells. All on one host. */
public record Addresses(String node, String host, int http, int mqtt, int operations) {

  private static final Pattern START_LINE =
      Pattern.compile(
          "lyrebird (\\S+) ready: http (\\S+):(\\d+), mqtt \\S+:(\\d+), operations \\S+:(\\d+)");

  /** Reads the one line that a node prints when it accepts clients; empty for any other line. */
  public static Optional<Addresses> parse(String line) {
    Matcher match = START_LINE.matcher(line);
    return match.matches()
        ? Optional.of(
            new Addresses(
                match.group(1),
                match.group(2),
                Integer.parseInt(match.group(3)),
                Integer.parseInt(match.group(4)),
                Integer.parseInt(match.group(5))))
        : Optional.empty();
  }

  /** The address of {@code path}, which begins with a slash and is already percent-encoded. */
  public URI http(String path) {
    return URI.create("http://" + host + ":" + http + path);
  }

  /** The WebSocket address of {@code path}. */
  public URI webSocket(String path) {
    return URI.create("ws://" + host + ":" + http + path);
  }

  /** The address of {@code path} on the operations port. */
  public URI operations(String path) {
    return URI.create("http://" + host + ":" + operations + path);
  }
}
