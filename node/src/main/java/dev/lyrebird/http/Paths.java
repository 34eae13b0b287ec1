package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.Target;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a path names, and warns once of each export that a client misses by case alone: its
 * writes go to the root table, where nobody may look for them. Owned by one event loop.
 */
final class Paths {

  private static final Logger LOG = LoggerFactory.getLogger(Paths.class);

  private final Tables tables;
  private final Set<String> warnedOf = new HashSet<>();

  Paths(Tables tables) {
    this.tables = tables;
  }

  /**
   * Returns what a path names.
   *
   * @param path decoded, without its leading slash
   */
  Target resolve(String path, Protocol protocol) {
    Target target = tables.exports().path(path, protocol);
    switch (target) {
      case Target.Row row -> warn(row.nearMiss());
      case Target.Collection rows -> warn(rows.nearMiss());
      case Target.Table table -> {}
      case Target.NotOffered other -> {}
      case Target.NotFound nothing -> {}
    }
    return target;
  }

  private void warn(@Nullable String nearMiss) {
    if (nearMiss != null && warnedOf.add(nearMiss)) {
      LOG.atWarn()
          .addKeyValue("table", nearMiss)
          .log("a path misses an export by case alone and goes to the root table");
    }
  }

  static RefusedException refusal(Target.NotFound nothing, String path) {
    String near = nothing.nearMiss() == null ? "" : "; did you mean " + nothing.nearMiss() + "?";
    return notFound("no table is exported at " + path + near);
  }

  static RefusedException refusal(Target.NotOffered other, String path) {
    return notFound("the table at " + path + " is not exported on this protocol");
  }

  private static RefusedException notFound(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.NOT_FOUND, detail));
  }
}
