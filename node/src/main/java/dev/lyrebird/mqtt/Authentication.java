package dev.lyrebird.mqtt;

import org.jspecify.annotations.Nullable;

/**
 * A step of enhanced authentication (MQTT 5.0 §4.12), as CONNECT, CONNACK and AUTH carry it.
 *
 * @param method by what name both sides know the exchange; the same in all its packets
 * @param data what one side proves or asks, as the method has it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Authentication(String method, byte @Nullable [] data) {}
