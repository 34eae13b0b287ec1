package dev.lyrebird.mqtt;

import dev.lyrebird.hosting.Facilities;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.mqtt.Routes.Route;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import io.netty.channel.EventLoop;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the MQTT connections of one event loop share. Owned by that loop, but for the broker.
 *
 * @param broker what all doors of the node share
 * @param tables the tables as this loop reaches them
 * @param routes where publications go
 * @param encoder encodes events, once for all subscribers of a form
 * @param sysTopics the node's own state
 * @param turn flushes at the end of a turn
 * @param executor the loop itself
 * @param staleRows rows of sessions that lag behind what their clients have acknowledged
 * @param facilities what users' code is offered by way of this loop
 * @param groups shared subscriptions of which messages are handed out here
 */
record Loop(
    Broker broker,
    Tables tables,
    Routes routes,
    PublishEncoder encoder,
    SysTopics sysTopics,
    Turn turn,
    EventLoop executor,
    Set<SessionRow> staleRows,
    Facilities facilities,
    LoopGroups groups) {

  /** Touches every table. */
  private static final TopicFilter EVERYTHING = TopicFilter.below("");

  /** Returns by which key all nodes know a table. */
  int keyOf(TableDefinition table) {
    return tables.hub().channel(tables.indexOf(table)).cursorKey();
  }

  /** Returns the table of a key, or null where this node offers none such to MQTT. */
  @Nullable TableDefinition tableOf(int key) {
    for (int index : tables.touchedBy(EVERYTHING, Protocol.MQTT)) {
      if (tables.hub().channel(index).cursorKey() == key) {
        return tables.definition(index);
      }
    }
    return null;
  }

  /**
   * Publishes something that nobody awaits the outcome of.
   *
   * @param mark {@link dev.lyrebird.journal.Write#publisherOf} the client
   */
  void publish(Publication publication, long mark) {
    publish(publication, mark, tables, routes, broker, facilities);
  }

  /** Likewise, for who has no connections. */
  static void publish(
      Publication publication,
      long mark,
      Tables tables,
      Routes routes,
      Broker broker,
      Facilities facilities) {
    switch (routes.of(publication.topic())) {
      case Route.ToRow(var table, var id) ->
          tables.write(
              table,
              publication.write(id, mark, broker.clock()),
              Condition.NONE,
              Confirmation.NOT_AWAITED,
              (outcome, token) -> {},
              0);
      case Route.ToResource(var match) ->
          ResourceTopics.publish(publication, match, broker, facilities);
      case Route.Nowhere _ -> broker.counters().add(Count.REFUSED, 1);
    }
  }
}
