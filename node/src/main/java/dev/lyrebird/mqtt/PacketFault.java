package dev.lyrebird.mqtt;

/**
 * What is wrong with a packet, so that its connection must end. It stands in the stream of packets
 * where the faulty one would have stood; nothing follows it.
 *
 * @param level the protocol level that CONNECT names, or 0 where there was no CONNECT
 * @param code what the client is told
 * @param detail the same in words
 */
record PacketFault(int level, ReasonCode code, String detail) {}
