package dev.lyrebird.mqtt;

import dev.lyrebird.hosting.Host;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.resource.PerSchema;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where publications go, by their topics: to users' code before tables. Remembers topics of tables
 * that it was asked for: most come again, and one and the same id makes the look-ups that follow
 * cheap.
 *
 * <p>Owned by one event loop.
 */
final class Routes {

  private static final Logger log = LoggerFactory.getLogger(Routes.class);

  /** Past this number all are forgotten and found again. */
  private static final int REMEMBERED_TOPICS = 1 << 14;

  /** Longer topics are not remembered, so that hostile ones cannot fill the memory. */
  private static final int REMEMBERED_LENGTH = 256;

  private final Host host;
  private final Tables tables;
  private final TopicBounds bounds;
  private final PerSchema<Map<String, Route>> found;
  private final Set<String> namedInWarnings = new HashSet<>();

  /** Where a topic leads. */
  sealed interface Route {

    /** To a row, or to its subscribers. */
    record ToRow(TableDefinition table, String id) implements Route {}

    /** To users' code. */
    record ToResource(Host.Match match) implements Route {}

    /** To nobody. */
    record Nowhere(Refusal refusal) implements Route {}
  }

  Routes(Host host, Tables tables, TopicBounds bounds) {
    this.host = host;
    this.tables = tables;
    this.bounds = bounds;
    this.found = new PerSchema<>(tables, HashMap::new);
  }

  Route of(String topic) {
    Host.Match match = resource(topic);
    return match == null ? ofTables(topic) : new Route.ToResource(match);
  }

  /**
   * Returns the users' code that a topic, or a filter that is one, belongs to; null where it is
   * none's. What names several topics or is shared reaches tables alone.
   */
  Host.@Nullable Match resource(String filter) {
    Host.Match match = host.match(filter);
    boolean isTopic =
        match != null
            && !SysTopics.owns(filter)
            && !SharedFilter.isMeant(filter)
            && TopicFilter.topicFault(filter) == null
            && bounds.fault(filter) == null;
    return isTopic ? match : null;
  }

  private Route ofTables(String topic) {
    Map<String, Route> remembered = found.now();
    Route known = remembered.get(topic);
    if (known != null) {
      return known;
    }
    Route route = find(topic);
    if (topic.length() <= REMEMBERED_LENGTH) {
      if (remembered.size() == REMEMBERED_TOPICS) {
        remembered.clear();
      }
      remembered.put(topic, route);
    }
    return route;
  }

  private Route find(String topic) {
    if (SysTopics.owns(topic)) {
      return nowhere(Refusal.Reason.NOT_ALLOWED, "$SYS is told by the node alone");
    }
    String fault = bounds.fault(topic);
    if (fault != null) {
      return nowhere(Refusal.Reason.BAD_REQUEST, fault);
    }
    return switch (tables.exports().topic(topic)) {
      case Target.Row(var table, var id, var nearMiss) -> {
        warn(topic, nearMiss);
        yield new Route.ToRow(table, id);
      }
      case Target.NotOffered(var table, var nearMiss) ->
          nowhere(
              Refusal.Reason.NOT_ALLOWED,
              "table " + table.typeName() + " is not offered on MQTT" + hint(nearMiss));
      case Target.NotFound(var nearMiss) ->
          nowhere(Refusal.Reason.NOT_FOUND, "no table takes this topic" + hint(nearMiss));
    };
  }

  private static Route nowhere(Refusal.Reason reason, String detail) {
    return new Route.Nowhere(Refusal.of(reason, detail));
  }

  private static String hint(@Nullable String nearMiss) {
    return nearMiss == null ? "" : "; names are case-sensitive, did you mean " + nearMiss + "?";
  }

  /** Once for each export, however many topics miss it. */
  private void warn(String topic, @Nullable String nearMiss) {
    if (nearMiss != null && namedInWarnings.add(nearMiss)) {
      log.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("export", nearMiss)
          .log("A topic misses an export only by its case; the root table takes it");
    }
  }
}
