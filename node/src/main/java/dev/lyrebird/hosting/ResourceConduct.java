package dev.lyrebird.hosting;

import dev.lyrebird.api.Action;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Resource;
import java.util.Objects;

/**
 * A resource on one connection: one long run, which waits for what the client says and for room to
 * answer. The connection ends when the run and all beside it have ended.
 */
final class ResourceConduct implements Conduct {

  private final Resource resource;
  private final HostedConnection connection;
  private final Watch watch;

  ResourceConduct(Resource resource, HostedConnection connection, Watch watch) {
    this.resource = resource;
    this.connection = connection;
    this.watch = watch;
  }

  @Override
  public void arrive() {
    watch.start(this::run);
  }

  private void run() {
    OutgoingMessages outgoing;
    try {
      outgoing = watch.call(this::connect);
    } catch (Throwable fault) {
      Faults.whileArriving(connection, fault);
      return;
    }
    connection.letIn();
    connection.run(() -> outgoing.sendTo(connection));
  }

  private OutgoingMessages connect() throws Exception {
    if (!resource.allows(Action.SUBSCRIBE, connection.context())) {
      throw Faults.notAllowed(Action.SUBSCRIBE);
    }
    return Objects.requireNonNull(
        resource.connect(connection.incoming(), connection.context()), "connect has returned null");
  }

  /** Whoever waits is told by the connection itself. */
  @Override
  public void wake() {}

  @Override
  public boolean isOver() {
    connection.end(Connection.NORMAL, "");
    return true;
  }
}
