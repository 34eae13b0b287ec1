/**
 * The door for HTTP: REST, WebSocket and Server-Sent Events on one port, health, metrics and the
 * console on another. An {@link dev.lyrebird.http.HttpVerticle} serves the connections of one event
 * loop and asks tables through {@link dev.lyrebird.resource.Tables}; it never waits. How a row or a
 * message looks to a client is decided in {@link dev.lyrebird.view.RowView} alone, so that REST and
 * events agree.
 */
@NullMarked
package dev.lyrebird.http;

import org.jspecify.annotations.NullMarked;
