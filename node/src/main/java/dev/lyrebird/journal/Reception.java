package dev.lyrebird.journal;

/**
 * That an MQTT message of quality of service 2 was received and is not yet released: who sends the
 * same packet again means the same message [MQTT-4.3.3-10]. Kept by the node that received it,
 * beside the journal of the table that took the message, and told no other.
 *
 * @param client the mark of the client, {@link Write#publisherOf}
 * @param claim which of the client's sessions it was
 * @param packetId the packet identifier, 1 to 65,535
 */
public record Reception(long client, long claim, int packetId) {}
