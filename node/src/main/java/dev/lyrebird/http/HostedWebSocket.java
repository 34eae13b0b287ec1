package dev.lyrebird.http;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.hosting.HostedConnection;
import dev.lyrebird.hosting.Sent;
import dev.lyrebird.hosting.Wire;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket to users' code. It is opened when the code lets its client in; until then it is a
 * request that can be refused.
 *
 * <p>Owned by the event loop of its connection.
 */
final class HostedWebSocket implements Wire, WebSocketListener, OpenStreams.OpenStream {

  private final Context loop;
  private final OpenStreams streams;

  /** What the socket comes from; null once it has been opened, which needs it no more. */
  private @Nullable Request request;

  private @Nullable HostedConnection hosted;
  private @Nullable WebSocketConnection socket;

  /**
   * A request for a WebSocket.
   *
   * @param opening opens it
   */
  private record Request(
      Exchange exchange, Function<WebSocketAcceptor, Future<WebSocketConnection>> opening) {}

  /**
   * @param exchange whose answer opens the socket, or refuses it
   * @param opening opens it
   */
  HostedWebSocket(
      Context loop,
      Exchange exchange,
      Function<WebSocketAcceptor, Future<WebSocketConnection>> opening,
      OpenStreams streams) {
    this.loop = loop;
    this.request = new Request(exchange, opening);
    this.streams = streams;
  }

  /** Says who serves it, in the turn in which it was brought there. */
  void serveBy(HostedConnection by) {
    hosted = by;
    if (request != null) {
      request.exchange().request().pause();
      request.exchange().response().closeHandler(gone -> closed(Connection.LOST, ""));
    }
    streams.add(this);
  }

  @Override
  public void execute(Runnable task) {
    loop.runOnContext(turn -> task.run());
  }

  @Override
  public void accept() {
    Request taken = request;
    if (taken == null) {
      return;
    }
    request = null;
    taken.exchange().request().resume();
    taken
        .opening()
        .apply(connection -> {
          socket = connection;
          return this;
        })
        .onSuccess(opened -> drained())
        .onFailure(fault -> closed(Connection.LOST, ""));
  }

  @Override
  public void refuse(ProblemException problem) {
    streams.remove(this);
    if (request != null) {
      request.exchange().request().resume();
      request.exchange().problem(ResourceDoor.problem(problem));
    }
  }

  @Override
  public boolean isWritable() {
    return socket != null && socket.isWritable();
  }

  @Override
  public void send(Sent message) {
    if (socket != null) {
      socket.frame(message.frame(HostedWebSocket::frame));
    }
  }

  private static byte[] frame(Message message) {
    return ServerFrame.of(
        message.isText() ? ServerFrame.TEXT : ServerFrame.BINARY, message.bytes());
  }

  @Override
  public void flush() {
    if (socket != null) {
      socket.flush();
    }
  }

  @Override
  public void read(boolean on) {
    if (socket != null) {
      socket.read(on);
    }
  }

  @Override
  public void close(int code, String reason) {
    if (socket != null) {
      socket.close(new WebSocketCloseStatus(code, "", false), reason);
    }
  }

  @Override
  public void text(byte[] utf8) {
    received(Message.of(utf8, "text/plain", true));
  }

  @Override
  public void binary(byte[] bytes) {
    received(Message.binary(bytes));
  }

  private void received(Message message) {
    if (hosted != null) {
      hosted.received(message);
    }
  }

  @Override
  public void drained() {
    if (hosted != null) {
      hosted.drained();
    }
  }

  @Override
  public void closed(int code, String reason) {
    streams.remove(this);
    if (hosted != null) {
      hosted.gone(code, reason);
    }
  }

  @Override
  public void goAway() {
    if (hosted != null) {
      hosted.goAway();
    }
  }
}
