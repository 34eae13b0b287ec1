/**
 * The benchmark: what one message costs a server, and how fast it goes.
 *
 * <p>One thread drives all connections of a run over plain non-blocking sockets, so that the load
 * costs little beside the server on the same machine. It speaks just enough MQTT 3.1.1, HTTP and
 * WebSocket for that, and knows no server from another.
 */
@NullMarked
package dev.lyrebird.benchmark;

import org.jspecify.annotations.NullMarked;
