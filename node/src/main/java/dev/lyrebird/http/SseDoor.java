package dev.lyrebird.http;

import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.random.RandomGenerator;

/** Opens event streams (WHATWG HTML §9.2). Owned by the event loop of its {@link HttpVerticle}. */
final class SseDoor implements Door {

  /** A client waits this long before it comes back, and up to this much longer: no herd. */
  private static final int RETRY_MILLIS = 1_500;

  private final Vertx vertx;
  private final HttpSettings settings;
  private final Tables tables;
  private final StreamTargets targets;
  private final StreamPicks picks;
  private final OpenStreams streams;
  private final RandomGenerator random;

  SseDoor(
      Vertx vertx,
      HttpSettings settings,
      Tables tables,
      StreamTargets targets,
      StreamPicks picks,
      OpenStreams streams,
      RandomGenerator random) {
    this.vertx = vertx;
    this.settings = settings;
    this.tables = tables;
    this.targets = targets;
    this.picks = picks;
    this.streams = streams;
    this.random = random;
  }

  @Override
  public void open(Exchange exchange) {
    StreamTarget target = targets.resolve(exchange.path(), Protocol.SSE);
    StreamQuery query = StreamQuery.parse(exchange.query(), exchange.header("Last-Event-ID"));
    query.checkStart(tables.hub(), target);
    Telling telling = picks.telling(query, target, EventWires::sse);
    HttpServerResponse response = exchange.head(200);
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Accel-Buffering", "no");
    if (exchange.isHead()) {
      response.end();
      return;
    }
    response.setChunked(true);
    int retryMillis = RETRY_MILLIS + random.nextInt(RETRY_MILLIS);
    response.write(Buffer.buffer(EventBlock.opening(retryMillis)));
    new SseStream(
            vertx,
            response,
            outlet(exchange.request()),
            telling,
            tables.hub(),
            query,
            streams,
            settings.commentSeconds() * 1000L)
        .open(target, query);
  }

  /** On HTTP/1.1 the stream has the channel to itself, and needs none of what HTTP/2 does. */
  private Outlet outlet(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return new ResponseOutlet(request.response());
    }
    ChannelOutlet outlet = new ChannelOutlet(settings.socketBytes());
    ChannelPipeline pipeline =
        ((ConnectionBase) request.connection()).channelHandlerContext().pipeline();
    pipeline.addBefore("handler", null, outlet);
    return outlet;
  }
}
