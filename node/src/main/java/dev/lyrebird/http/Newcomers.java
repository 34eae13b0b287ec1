package dev.lyrebird.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Connections that have just been made: one that brings no request in time is closed, and one that
 * came while newcomers are refused is told so by its first. Those that were there before notice
 * nothing. Owned by one event loop.
 */
final class Newcomers {

  private static final long MILLIS_PER_SECOND = 1000;

  private final Vertx vertx;
  private final BooleanSupplier refuses;
  private final int timeoutSeconds;
  private final Consumer<HttpConnection> goodbye;

  /** Those without a request so far, and the timer that ends each. */
  private final Map<HttpConnection, Long> silent = new HashMap<>();

  private final Set<HttpConnection> unwelcome = new HashSet<>();

  /**
   * @param refuses decides about each newcomer
   * @param timeoutSeconds by when a connection must have brought a request
   * @param goodbye is told of each connection that is gone, whether a newcomer still or not
   */
  Newcomers(
      Vertx vertx, BooleanSupplier refuses, int timeoutSeconds, Consumer<HttpConnection> goodbye) {
    this.vertx = vertx;
    this.refuses = refuses;
    this.timeoutSeconds = timeoutSeconds;
    this.goodbye = goodbye;
  }

  /** A connection has been made. */
  void meet(HttpConnection connection) {
    long timer = vertx.setTimer(timeoutSeconds * MILLIS_PER_SECOND, fired -> connection.close());
    silent.put(connection, timer);
    if (refuses.getAsBoolean()) {
      unwelcome.add(connection);
    }
    connection.closeHandler(closed -> {
      speaks(connection);
      unwelcome.remove(connection);
      goodbye.accept(connection);
    });
  }

  /** A request has come; tells whether its connection is served. */
  boolean isWelcome(HttpConnection connection) {
    speaks(connection);
    return !unwelcome.remove(connection);
  }

  private void speaks(HttpConnection connection) {
    Long timer = silent.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
