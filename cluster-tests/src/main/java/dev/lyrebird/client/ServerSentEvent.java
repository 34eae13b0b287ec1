package dev.lyrebird.client;

/**
 * One event as an EventSource dispatches it.
 *
 * @param id the last event id at that time; empty if the stream never gave one
 * @param event the event's type; {@code message} if the stream gave none
 */
public record ServerSentEvent(String id, String event, String data) {}
