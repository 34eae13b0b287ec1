package dev.lyrebird.http;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Begins event streams (WHATWG HTML §9.2): their head, and the first block. Owned by the event loop
 * of its {@link HttpVerticle}.
 */
final class EventResponses {

  /** A client waits this long before it comes back, and up to this much longer: no herd. */
  private static final int RETRY_MILLIS = 1_500;

  private final int socketBytes;
  private final RandomGenerator random;

  /**
   * @param socketBytes how much may wait in one client's socket before it counts as full
   */
  EventResponses(int socketBytes, RandomGenerator random) {
    this.socketBytes = socketBytes;
    this.random = random;
  }

  /**
   * Answers with the head of a stream.
   *
   * @return where its blocks go; null where the client asked for the head alone, and has it
   */
  @Nullable Outlet begin(Exchange exchange) {
    HttpServerResponse response = exchange.head(200);
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Accel-Buffering", "no");
    if (exchange.isHead()) {
      response.end();
      return null;
    }
    response.setChunked(true);
    int retryMillis = RETRY_MILLIS + random.nextInt(RETRY_MILLIS);
    response.write(Buffer.buffer(EventBlock.opening(retryMillis)));
    return outlet(exchange.request());
  }

  /** On HTTP/1.1 the stream has the channel to itself, and needs none of what HTTP/2 does. */
  private Outlet outlet(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return new ResponseOutlet(request.response());
    }
    ChannelOutlet outlet = new ChannelOutlet(socketBytes);
    ChannelPipeline pipeline =
        ((ConnectionBase) request.connection()).channelHandlerContext().pipeline();
    pipeline.addBefore("handler", null, outlet);
    return outlet;
  }
}
