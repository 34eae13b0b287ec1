package dev.lyrebird.hosting;

import dev.lyrebird.api.Action;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Message;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A handler on one connection: a run whenever there is something to tell it, and no thread while
 * there is not.
 *
 * <p>Guarded by this object, whose lock is taken before that of the connection.
 *
 * @param <D> what the handler keeps of a connection
 */
final class HandlerConduct<D extends @Nullable Object> implements Conduct {

  private final ConnectionHandler<D> handler;
  private final HostedConnection connection;
  private final Watch watch;

  /** What {@code open} returned; seen by one run after another. */
  private @Nullable Kept<D> kept;

  /** Whether a run is under way. */
  private boolean isBusy = true;

  /** Whether the handler has been told the last. */
  private boolean isOver;

  private record Kept<D extends @Nullable Object>(D data) {}

  HandlerConduct(ConnectionHandler<D> handler, HostedConnection connection, Watch watch) {
    this.handler = handler;
    this.connection = connection;
    this.watch = watch;
  }

  @Override
  public void arrive() {
    watch.startCalls(this::begin);
  }

  private void begin() {
    try {
      kept = watch.call(this::open);
    } catch (Throwable fault) {
      synchronized (this) {
        isOver = true;
      }
      Faults.whileArriving(connection, fault);
      return;
    }
    connection.letIn();
    tellNews();
  }

  private Kept<D> open() throws Exception {
    if (!handler.allows(Action.SUBSCRIBE, connection.context())) {
      throw Faults.notAllowed(Action.SUBSCRIBE);
    }
    return new Kept<>(handler.open(connection));
  }

  @Override
  public void wake() {
    synchronized (this) {
      if (isBusy || isOver || !connection.hasNews()) {
        return;
      }
      isBusy = true;
    }
    watch.startCalls(this::tellNews);
  }

  private void tellNews() {
    do {
      tellNext();
    } while (hasMore());
  }

  private synchronized boolean hasMore() {
    isBusy = !isOver && connection.hasNews();
    return isBusy;
  }

  private void tellNext() {
    D data = Objects.requireNonNull(kept).data();
    boolean wasOpen =
        connection.isOpen(); // asked first: what is said before the end comes before it
    Message message = connection.poll();
    if (message != null) {
      tell(data, () -> handler.message(connection, data, message));
    } else if (!wasOpen) {
      call(() -> handler.close(connection, data, connection.code(), connection.reason()));
      synchronized (this) {
        isOver = true;
      }
    } else if (connection.takesDrain()) {
      tell(data, () -> handler.drain(connection, data));
    }
  }

  private void tell(D data, Connection.Task what) {
    call(() -> {
      try {
        what.run();
      } catch (Exception fault) {
        if (!connection.isOpen()) {
          throw fault;
        }
        handler.error(connection, data, fault);
      }
    });
  }

  private void call(Connection.Task what) {
    try {
      watch.call(() -> {
        what.run();
        return true;
      });
    } catch (Throwable fault) {
      Faults.inCall(connection, fault);
    }
  }

  @Override
  public synchronized boolean isOver() {
    return isOver;
  }
}
