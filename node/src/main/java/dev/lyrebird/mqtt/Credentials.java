package dev.lyrebird.mqtt;

import org.jspecify.annotations.Nullable;

/**
 * How the client of a CONNECT would prove who it is.
 *
 * @param userName as it stands there, or null where there is none
 * @param password bytes, by custom a text in UTF-8; null where there are none
 * @param authentication the first step of enhanced authentication, or null where it asks for none;
 *     then neither name nor password count
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Credentials(
    @Nullable String userName,
    byte @Nullable [] password,
    @Nullable Authentication authentication) {}
