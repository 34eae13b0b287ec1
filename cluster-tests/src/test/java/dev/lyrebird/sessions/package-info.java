/**
 * MQTT sessions in a cluster whose nodes die: durable clients of a public library, which come back
 * at any node, and publishers that go on where they were.
 *
 * <p>What everybody saw is judged by the same laws as the other scenes ({@link
 * dev.lyrebird.history.Law}). Data and log of each node stay in {@code target/clusters/}.
 */
@NullMarked
package dev.lyrebird.sessions;

import org.jspecify.annotations.NullMarked;
