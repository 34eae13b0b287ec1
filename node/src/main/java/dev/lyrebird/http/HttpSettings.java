package dev.lyrebird.http;

import java.util.List;

/**
 * What the operator decides about the HTTP port.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one, the same for all event loops
 * @param requestTimeoutSeconds by when a connection must have brought its first request
 * @param bodyTimeoutSeconds how long a request may keep the node waiting for more of its content
 * @param corsOrigins origins whose pages may call this node; {@code *} for all, without credentials
 * @param consolePort the port of the console, whose page may call this node; 0 for none
 * @param maxBodyBytes the largest request body
 * @param maxRowBytes the largest row or message
 * @param maxRows the most rows in one request
 * @param maxFrameBytes the largest WebSocket message
 * @param maxFramesPerSecond the most WebSocket messages of one client in a second; 0 for no bound
 * @param pingSeconds how often a WebSocket is pinged
 * @param commentSeconds how often a comment is sent on an event stream
 * @param socketBytes bytes waiting in one client's socket beyond which it counts as slow
 * @param connectionWrites writes of one connection under way at which it is no longer read
 * @param rest whether tables are reached by HTTP at all; if not, neither of the next two is true
 * @param webSocket whether tables are reached by WebSocket
 * @param sse whether tables are reached by Server-Sent Events
 * @param lastModified whether {@code Last-Modified} is sent and conditions on time are heeded
 */
public record HttpSettings(
    String host,
    int port,
    int requestTimeoutSeconds,
    int bodyTimeoutSeconds,
    List<String> corsOrigins,
    int consolePort,
    int maxBodyBytes,
    int maxRowBytes,
    int maxRows,
    int maxFrameBytes,
    int maxFramesPerSecond,
    int pingSeconds,
    int commentSeconds,
    int socketBytes,
    int connectionWrites,
    boolean rest,
    boolean webSocket,
    boolean sse,
    boolean lastModified) {

  public HttpSettings {
    corsOrigins = List.copyOf(corsOrigins);
    webSocket = webSocket && rest;
    sse = sse && rest;
  }
}
