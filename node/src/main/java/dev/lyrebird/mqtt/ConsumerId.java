package dev.lyrebird.mqtt;

/**
 * By which a group knows a consumer.
 *
 * @param node where the client is connected
 * @param number among all consumers that this node has ever had since it started
 */
record ConsumerId(long node, long number) {}
