package dev.lyrebird.mqtt;

import dev.lyrebird.hosting.Facilities;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.hosting.HostedTables;
import dev.lyrebird.resource.Tables;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all MQTT doors of a node share.
 *
 * @param limits the bounds of a connection
 * @param sessionLimits what sessions keep for clients that are away
 * @param admission which connections are taken
 * @param logins who may log in, and how
 * @param clientIds who holds which client id
 * @param finder finds the latest row of a session
 * @param wills when wills fall due of clients that are away
 * @param groups who shares subscriptions
 * @param host users' code behind topics
 * @param random for what nobody may guess
 * @param counters what the doors count together
 * @param clock for expiry and uptime
 * @param freshIds gives client ids that no other client has
 * @param serverReference where clients may go when this node stops; empty for nowhere in particular
 * @param sysTree what {@code $SYS} tells
 */
public record Broker(
    MqttLimits limits,
    SessionLimits sessionLimits,
    Admission admission,
    Logins logins,
    ClientIds clientIds,
    SessionFinder finder,
    PendingWills wills,
    Groups groups,
    Host host,
    RandomGenerator random,
    MqttCounters counters,
    InstantSource clock,
    Supplier<String> freshIds,
    String serverReference,
    SysTree sysTree) {

  /** Returns what users' code is offered by way of one event loop. */
  Facilities facilities(Executor loop, Tables tables) {
    return new Facilities(new HostedTables(loop, tables, random), host::http);
  }

  /** Returns what clients are told when the node stops. */
  ReasonCode stopping() {
    return serverReference.isEmpty()
        ? ReasonCode.SERVER_SHUTTING_DOWN
        : ReasonCode.USE_ANOTHER_SERVER;
  }
}
