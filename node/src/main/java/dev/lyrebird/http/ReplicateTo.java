package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.resource.Confirmation;
import io.vertx.core.http.HttpHeaders;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header field {@code X-Replicate-To} of a write: {@code 3;confirm=2}, {@code *;confirm=1}. Its
 * first number is of no effect, for every node that keeps a table is sent every write.
 */
final class ReplicateTo {

  private static final CharSequence NAME = HttpHeaders.createOptimized("x-replicate-to");

  private static final Pattern SYNTAX =
      Pattern.compile("(\\*|\\d{1,3})(?:[ \\t]*;[ \\t]*confirm=(\\d{1,3}))?");

  /** As many as a table may demand. */
  private static final int MOST_NODES = 255;

  private ReplicateTo() {}

  /**
   * Returns how many other nodes the client of a write asks to have it.
   *
   * @throws RefusedException where the field says nothing that can be kept
   */
  static Confirmation confirmation(Exchange exchange) {
    String field = exchange.list(NAME);
    if (field == null) {
      return Confirmation.AS_DEMANDED;
    }
    Matcher matcher = SYNTAX.matcher(field);
    if (!matcher.matches()) {
      throw malformed(field);
    }
    String all = matcher.group(1);
    int nodes = all.equals("*") ? MOST_NODES : Integer.parseInt(all);
    int confirm = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    if (nodes < 1 || nodes > MOST_NODES || confirm > nodes) {
      throw malformed(field);
    }
    return Confirmation.by(confirm);
  }

  private static RefusedException malformed(String field) {
    return new RefusedException(
        Refusal.of(
            Refusal.Reason.BAD_REQUEST,
            "X-Replicate-To is %s, but must be * or a number of other nodes from 1 to %d, and may go"
                    .formatted(field, MOST_NODES)
                + " on with ;confirm= and a number of at most as many"));
  }
}
