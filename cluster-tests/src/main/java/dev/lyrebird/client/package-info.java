/**
 * The clients that tests and reports look through: Java's own HTTP and WebSocket, and for tests
 * alone public MQTT libraries, a browser, command line tools, and plain sockets where single bytes
 * matter.
 *
 * <p>Each puts what it receives into an {@link dev.lyrebird.client.Inbox}. A tool that the machine
 * lacks makes its tests reported as skipped, with the tool's name.
 */
@NullMarked
package dev.lyrebird.client;

import org.jspecify.annotations.NullMarked;
