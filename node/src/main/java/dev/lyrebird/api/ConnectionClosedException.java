package dev.lyrebird.api;

/**
 * There is nobody to send to any more. Code that lets it pass simply ends with its connection;
 * nothing is logged.
 */
public sealed class ConnectionClosedException extends RuntimeException permits SlowClientException {

  public ConnectionClosedException(String message) {
    super(message);
  }
}
