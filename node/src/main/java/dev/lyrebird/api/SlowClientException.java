package dev.lyrebird.api;

import org.jspecify.annotations.Nullable;

/** The client has taken nothing for {@link Limits#sendTime}; its connection is closed with 1008. */
public final class SlowClientException extends ConnectionClosedException {

  public SlowClientException(String message) {
    super(message);
  }

  /**
   * @param connection that has ended
   */
  public SlowClientException(String message, @Nullable Connection connection) {
    super(message, connection);
  }
}
