package dev.lyrebird.mqtt;

import dev.lyrebird.resource.Tables;

/**
 * What the MQTT connections of one event loop share. Owned by that loop, but for the broker.
 *
 * @param broker what all doors of the node share
 * @param tables the tables as this loop reaches them
 * @param routes where publications go
 * @param encoder encodes events, once for all subscribers of a form
 * @param sysTopics the node's own state
 * @param turn flushes at the end of a turn
 */
record Loop(
    Broker broker,
    Tables tables,
    Routes routes,
    PublishEncoder encoder,
    SysTopics sysTopics,
    Turn turn) {}
