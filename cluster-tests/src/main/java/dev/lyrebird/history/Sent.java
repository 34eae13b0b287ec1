package dev.lyrebird.history;

/**
 * A write as its writer knows it.
 *
 * @param node the node that it was sent to
 * @param topic where to, without the table
 */
public record Sent(Write write, String node, String topic, Kind kind, boolean acknowledged) {}
