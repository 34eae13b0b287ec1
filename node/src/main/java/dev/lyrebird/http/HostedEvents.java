package dev.lyrebird.http;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.hosting.HostedConnection;
import dev.lyrebird.hosting.Sent;
import dev.lyrebird.hosting.Wire;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An event stream from users' code. It begins when the code lets its client in; until then it is a
 * request that can be refused. The code's word for its end goes to nobody: a stream has none. One
 * whose client misses something is broken off instead.
 *
 * <p>Owned by the event loop of its connection.
 */
final class HostedEvents implements Wire, OpenStreams.OpenStream {

  private final Context loop;
  private final Exchange exchange;
  private final EventResponses responses;
  private final OpenStreams streams;
  private final long commentMillis;
  private @Nullable HostedConnection hosted;
  private @Nullable Outlet outlet;
  private long commentTimer = -1;
  private boolean isOver;

  HostedEvents(
      Context loop,
      Exchange exchange,
      EventResponses responses,
      OpenStreams streams,
      long commentMillis) {
    this.loop = loop;
    this.exchange = exchange;
    this.responses = responses;
    this.streams = streams;
    this.commentMillis = commentMillis;
  }

  /** Says who serves it, in the turn in which it was brought there. */
  void serveBy(HostedConnection by) {
    hosted = by;
    exchange.response().closeHandler(gone -> over());
    streams.add(this);
  }

  @Override
  public void execute(Runnable task) {
    loop.runOnContext(turn -> task.run());
  }

  @Override
  public void accept() {
    if (isOver) {
      return;
    }
    Outlet begun = responses.begin(exchange);
    if (begun == null) {
      over();
      return;
    }
    outlet = begun;
    begun.onDrain(this::drained);
    commentTimer = loop.owner().setPeriodic(commentMillis, timer -> comment());
    drained();
  }

  @Override
  public void refuse(ProblemException problem) {
    isOver = true;
    streams.remove(this);
    exchange.problem(ResourceDoor.problem(problem));
  }

  @Override
  public boolean isWritable() {
    return outlet != null && !isOver && outlet.isWritable();
  }

  @Override
  public void send(Sent message) {
    if (outlet != null) {
      outlet.append(message.event(HostedEvents::block));
    }
  }

  /** Bytes that are no text stand in Base64. */
  private static byte[] block(Message message) {
    byte[] data = message.isText() ? message.bytes() : Base64.getEncoder().encode(message.bytes());
    Duration retry = message.retry();
    return EventBlock.of(
        message.event(),
        message.id(),
        retry == null ? EventBlock.NO_RETRY : retry.toMillis(),
        data);
  }

  @Override
  public void flush() {
    if (outlet != null && !isOver) {
      outlet.flush();
    }
  }

  /** The client says nothing that could be read. */
  @Override
  public void read(boolean on) {}

  @Override
  public void close(int code, String reason) {
    if (!isOver) {
      flush();
      over();
      exchange.response().end();
    }
  }

  @Override
  public void cut(int code, String reason) {
    if (!isOver && outlet != null) {
      outlet.cut();
      over();
    } else {
      close(code, reason);
    }
  }

  @Override
  public void goAway() {
    if (hosted != null) {
      hosted.goAway();
    }
  }

  private void drained() {
    if (hosted != null) {
      hosted.drained();
    }
  }

  private void comment() {
    if (outlet != null && isWritable()) {
      outlet.append(EventBlock.COMMENT);
      outlet.flush();
    }
  }

  private void over() {
    if (isOver) {
      return;
    }
    isOver = true;
    streams.remove(this);
    loop.owner().cancelTimer(commentTimer);
    if (outlet != null) {
      outlet.onDrain(() -> {});
      outlet.end();
    }
    if (hosted != null) {
      hosted.gone(Connection.LOST, "");
    }
  }
}
