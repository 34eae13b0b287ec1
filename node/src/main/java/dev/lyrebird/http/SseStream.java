package dev.lyrebird.http;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.stream.Notice;
import dev.lyrebird.stream.StreamQuery;
import dev.lyrebird.stream.StreamTarget;
import dev.lyrebird.stream.Telling;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client's event stream as a subscriber. Every event with a place carries that place as its id,
 * and a block of id alone tells a client where it stands that would not know otherwise.
 *
 * <p>Owned by the event loop of its connection.
 */
final class SseStream implements Subscriber<StreamTarget>, OpenStreams.OpenStream {

  private final Vertx vertx;
  private final HttpServerResponse response;
  private final Outlet outlet;
  private final Telling<byte[]> telling;
  private final boolean tellsReady;
  private final boolean conflates;
  private final OpenStreams streams;
  private final Member<StreamTarget> member;
  private final long commentTimer;

  /** Where the client stands by the last block of id alone. */
  private @Nullable Cursor told;

  /** Whether the last event has told the client where it stands. */
  private boolean knowsPlace;

  /**
   * @param response whose head is out; the stream ends it
   * @param outlet where the bytes of the response go
   */
  SseStream(
      Vertx vertx,
      HttpServerResponse response,
      Outlet outlet,
      Telling<byte[]> telling,
      Hub hub,
      StreamQuery query,
      OpenStreams streams,
      long commentMillis) {
    this.vertx = vertx;
    this.response = response;
    this.outlet = outlet;
    this.telling = telling;
    this.tellsReady = query.tellsReady();
    this.conflates = query.conflates();
    this.streams = streams;
    this.member = hub.join(this);
    this.commentTimer = vertx.setPeriodic(commentMillis, timer -> comment());
  }

  void open(StreamTarget target, StreamQuery query) {
    outlet.onDrain(member::resume);
    response.closeHandler(gone -> close());
    streams.add(this);
    member.subscribe(target, target.tables(), query.start());
  }

  @Override
  public void goAway() {
    close();
    response.end();
  }

  @Override
  public boolean isWritable() {
    return outlet.isWritable();
  }

  @Override
  public boolean conflates() {
    return conflates;
  }

  @Override
  public boolean keepsRows() {
    return true;
  }

  @Override
  public void deliver(Event event, List<StreamTarget> subscriptions) {
    byte[] block = telling.event(event, member);
    if (block != null) {
      outlet.append(block);
    }
    knowsPlace = block != null && event.place() != null && member.sharesCursors();
  }

  @Override
  public void flush() {
    outlet.flush();
  }

  @Override
  public void caughtUp(StreamTarget subscription) {
    if (tellsReady) {
      outlet.append(telling.notice(Notice.ready(), member.cursor()));
    } else if (!knowsPlace) {
      tellPlace();
    }
    outlet.flush();
  }

  @Override
  public void reset(String reason) {
    telling.reset();
    outlet.append(EventBlock.of("reset", null, Notice.reset(reason)));
    outlet.flush();
  }

  /**
   * Shows that the stream lives. On a path where little happens, the table moves on all the same.
   */
  private void comment() {
    if (outlet.isWritable()) {
      outlet.append(EventBlock.COMMENT);
      tellPlace();
      outlet.flush();
    }
  }

  private void tellPlace() {
    Cursor cursor = member.cursor();
    if (cursor != null && !cursor.equals(told)) {
      told = cursor;
      outlet.append(EventBlock.place(cursor.encode()));
    }
  }

  private void close() {
    vertx.cancelTimer(commentTimer);
    outlet.onDrain(() -> {});
    outlet.end();
    member.leave();
    telling.end();
    streams.remove(this);
  }
}
