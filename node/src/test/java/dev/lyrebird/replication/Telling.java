package dev.lyrebird.replication;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.table.Table;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A simulation's events as lines, with times in ms since it began. */
final class Telling {

  private static final long BEGINNING = Timestamp.timeOfMillis(WallClock.BEGINNING.toEpochMilli());

  private Telling() {}

  static String of(Message message) {
    return switch (message) {
      case Message.Delta delta ->
          "%s of %d bytes after %s up to %s%s"
              .formatted(
                  delta.isAnswer() ? "answer" : "push",
                  delta.bytes(),
                  of(delta.after()),
                  of(delta.head()),
                  delta.isEager() ? ", eager" : "");
      case Message.Status status ->
          "status of %d: %s seen %s folded %s since %s adopted %s promise %s knows %s%s%s"
              .formatted(
                  status.origin(),
                  of(status.vector()),
                  time(status.seen()),
                  time(status.folded()),
                  time(status.since()),
                  of(status.adopted()),
                  time(status.promise()),
                  status.known(),
                  status.isAdopting() ? ", adopting" : "",
                  status.wantsAnswer() ? "?" : status.isAnswer() ? ", as asked" : "");
      case Message.Pull pull -> "pull beyond %s".formatted(of(pull.covered()));
      case Message.Beyond beyond -> "beyond the journal";
      case Message.AskRows ask ->
          "page %d of rows %d%s?".formatted(ask.page(), ask.reading(), ask.isAnew() ? " anew" : "");
      case Message.Rows rows ->
          "page %d of rows %d of %s: %s%s"
              .formatted(
                  rows.page(),
                  rows.reading(),
                  of(rows.covers()),
                  rows.rows().stream().map(Table.StoredRow::id).toList(),
                  rows.isLast() ? ", the last" : "");
    };
  }

  static String of(ReplicaReport report) {
    String peers =
        report.peers().stream()
            .map(peer ->
                "%n  %d%s%s: %s %s"
                    .formatted(
                        peer.node(),
                        peer.isPresent() ? "" : " gone",
                        peer.isKnown() ? "" : " unknown",
                        of(peer.vector()),
                        peer.lastError()))
            .collect(Collectors.joining());
    return "writes as %d: %s%s".formatted(report.origin(), of(report.vector()), peers);
  }

  static String of(VersionVector vector) {
    return IntStream.range(0, vector.size())
        .mapToObj(i -> vector.origin(i) + ":" + time(vector.time(i)))
        .collect(Collectors.joining(" ", "{", "}"));
  }

  static String of(Change change) {
    Timestamp name = change.timestamp();
    boolean isRanked = change.rankTime() != name.time();
    return "%s@%d%s %s"
        .formatted(
            time(name.time()),
            name.node(),
            isRanked ? " ranked " + time(change.rankTime()) : "",
            of(change.write()));
  }

  static String of(List<Write> writes) {
    return writes.stream().map(Telling::of).collect(Collectors.joining(", "));
  }

  private static String of(Write write) {
    return "%s %s %s%s"
        .formatted(
            write.kind(),
            write.id(),
            new String(write.payload().bytes(), StandardCharsets.UTF_8),
            write.expiresAtMillis() == 0
                ? ""
                : " until " + time(Timestamp.timeOfMillis(write.expiresAtMillis())));
  }

  static String time(long time) {
    return time == 0
        ? "0"
        : "%.4f".formatted((double) (time - BEGINNING) / Timestamp.UNITS_PER_MILLI);
  }
}
