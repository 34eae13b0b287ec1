package dev.lyrebird.http;

import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.stream.StreamPicks;
import dev.lyrebird.stream.StreamQuery;
import dev.lyrebird.stream.StreamTarget;
import dev.lyrebird.stream.Telling;
import io.vertx.core.Vertx;

/** Opens event streams (WHATWG HTML §9.2). Owned by the event loop of its {@link HttpVerticle}. */
final class SseDoor implements Door {

  private final Vertx vertx;
  private final HttpSettings settings;
  private final Tables tables;
  private final StreamTargets targets;
  private final StreamPicks<EventWires> picks;
  private final OpenStreams streams;
  private final EventResponses responses;

  SseDoor(
      Vertx vertx,
      HttpSettings settings,
      Tables tables,
      StreamTargets targets,
      StreamPicks<EventWires> picks,
      OpenStreams streams,
      EventResponses responses) {
    this.vertx = vertx;
    this.settings = settings;
    this.tables = tables;
    this.targets = targets;
    this.picks = picks;
    this.streams = streams;
    this.responses = responses;
  }

  @Override
  public void open(Exchange exchange) {
    StreamTarget target = targets.resolve(exchange.path(), Protocol.SSE);
    StreamQuery query = StreamQuery.parse(exchange.query(), exchange.header("Last-Event-ID"));
    query.checkStart(tables.hub(), target);
    Telling<byte[]> telling = picks.telling(query, target, EventWires::sse);
    Outlet outlet = responses.begin(exchange);
    if (outlet == null) {
      return;
    }
    new SseStream(
            vertx,
            exchange.response(),
            outlet,
            telling,
            tables.hub(),
            query,
            streams,
            settings.commentSeconds() * 1000L)
        .open(target, query);
  }
}
