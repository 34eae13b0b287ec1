package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.Target;
import dev.lyrebird.stream.StreamTarget;
import java.util.Arrays;

/** Finds what the path of a stream names. Owned by one event loop. */
final class StreamTargets {

  private final Tables tables;
  private final Paths paths;

  StreamTargets(Tables tables, Paths paths) {
    this.tables = tables;
    this.paths = paths;
  }

  /**
   * Returns what a path names. A level that is {@code +} or {@code #} makes it a topic filter.
   *
   * @param path decoded, without its leading slash
   * @throws RefusedException where it names nothing that can be subscribed to
   */
  StreamTarget resolve(String path, Protocol protocol) {
    if (Arrays.stream(path.split("/", -1)).anyMatch(StreamTargets::isWildcard)) {
      return filtered(path, protocol);
    }
    return switch (paths.resolve(path, protocol)) {
      case Target.Table table -> StreamTarget.below(tables, table.definition(), "");
      case Target.Collection rows -> StreamTarget.below(tables, rows.definition(), rows.prefix());
      case Target.Row row -> StreamTarget.row(tables, row.definition(), row.id());
      case Target.NotOffered other -> throw Paths.refusal(other, path);
      case Target.NotFound nothing -> throw Paths.refusal(nothing, path);
    };
  }

  private static boolean isWildcard(String level) {
    return level.equals("+") || level.equals("#");
  }

  private StreamTarget filtered(String path, Protocol protocol) {
    String fault = TopicFilter.fault(path);
    if (fault != null) {
      throw new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, fault));
    }
    TopicFilter filter = TopicFilter.of(path);
    int[] touched = tables.touchedBy(filter, protocol);
    if (touched.length == 0) {
      throw new RefusedException(
          Refusal.of(Refusal.Reason.NOT_FOUND, "no table has topics that match " + path));
    }
    return new StreamTarget(filter, touched, new StreamTarget.Scope.AnyTable());
  }
}
