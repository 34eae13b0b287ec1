package dev.lyrebird.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Gathers what one turn of the event loop has for one stream of an HTTP/2 connection, which other
 * streams share. Owned by the event loop of its connection.
 */
final class ResponseOutlet implements Outlet {

  /** To a client a stream with this is no answer, be it all there or not (RFC 9113 §7). */
  private static final long INTERNAL_ERROR = 2;

  private final HttpServerResponse response;
  private Buffer gathered = Buffer.buffer();

  ResponseOutlet(HttpServerResponse response) {
    this.response = response;
  }

  @Override
  public boolean isWritable() {
    return !response.writeQueueFull();
  }

  @Override
  public void onDrain(Runnable drained) {
    response.drainHandler(none -> drained.run());
  }

  @Override
  public void append(byte[] bytes) {
    gathered.appendBytes(bytes);
  }

  @Override
  public void flush() {
    if (gathered.length() > 0) {
      response.write(gathered);
      gathered = Buffer.buffer();
    }
  }

  @Override
  public void discard() {
    gathered = Buffer.buffer();
  }

  @Override
  public void cut() {
    discard();
    response.reset(INTERNAL_ERROR);
  }

  @Override
  public void end() {
    discard();
  }
}
