package dev.lyrebird.acceptance;

import dev.lyrebird.acceptance.Writers.Place;
import dev.lyrebird.client.Browser;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Addresses;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One line of the matrix as it happened: what every subscriber saw. Marks, which are messages to
 * the same row, enclose what a subscriber must see of the write; so silence is proved without
 * waiting.
 *
 * @param live through the second mark, of those who were there before the first
 * @param later through the second mark, of those who came between write and second mark
 * @param get the row after the write
 */
record MatrixTrial(
    String id, Map<Subscriber.Kind, Seen> live, Map<Subscriber.Kind, Seen> later, Seen get) {

  private static final String FIRST = "first mark";
  private static final String SECOND = "second mark";

  static MatrixTrial perform(
      MatrixLine line, Addresses node, Writers writers, Supplier<Browser> browser) {
    Place place = new Place(line.table(), "w-" + UUID.randomUUID());
    line.before().on(writers, place);
    try (SubscriberGroup live = new SubscriberGroup(node, place.path(), browser)) {
      writers.mark(place, FIRST);
      var _ = live.awaitThrough(FIRST);
      line.write().on(writers, place);
      Seen get = Seen.of(() -> rows(writers.get(place)));
      try (SubscriberGroup later = new SubscriberGroup(node, place.path(), browser)) {
        writers.mark(place, SECOND);
        return new MatrixTrial(
            place.id(), live.awaitThrough(SECOND), later.awaitThrough(SECOND), get);
      }
    }
  }

  /** What a live subscriber saw between the marks. */
  List<String> live(Subscriber.Kind kind) throws Throwable {
    List<String> lines = linesOf(live, kind);
    int first = 0;
    while (!lines.get(first).contains(FIRST)) {
      first++;
    }
    return lines.subList(first + 1, lines.size() - 1);
  }

  /** What a later subscriber saw before the second mark. */
  List<String> later(Subscriber.Kind kind) throws Throwable {
    List<String> lines = linesOf(later, kind);
    return lines.subList(0, lines.size() - 1);
  }

  /** The row that GET shows, if any. */
  List<String> shown() throws Throwable {
    return get.orThrow();
  }

  private static List<String> linesOf(Map<Subscriber.Kind, Seen> all, Subscriber.Kind kind)
      throws Throwable {
    Seen seen = all.get(kind);
    return seen == null ? List.of() : seen.orThrow();
  }

  private static List<String> rows(HttpResponse<byte[]> answer) {
    return switch (answer.statusCode()) {
      case 200 -> List.of(Rest.text(answer));
      case 404 -> List.of();
      default ->
          throw new AssertionError("GET answered " + answer.statusCode() + Rest.text(answer));
    };
  }
}
