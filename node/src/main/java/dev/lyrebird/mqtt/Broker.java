package dev.lyrebird.mqtt;

import java.time.InstantSource;
import java.util.function.Supplier;

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
    MqttCounters counters,
    InstantSource clock,
    Supplier<String> freshIds,
    String serverReference,
    SysTree sysTree) {

  /** Returns what clients are told when the node stops. */
  ReasonCode stopping() {
    return serverReference.isEmpty()
        ? ReasonCode.SERVER_SHUTTING_DOWN
        : ReasonCode.USE_ANOTHER_SERVER;
  }
}
