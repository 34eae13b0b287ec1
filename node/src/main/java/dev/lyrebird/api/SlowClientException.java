package dev.lyrebird.api;

/** The client has taken nothing for {@link Limits#sendTime}; its connection is closed with 1008. */
public final class SlowClientException extends ConnectionClosedException {

  public SlowClientException(String message) {
    super(message);
  }
}
