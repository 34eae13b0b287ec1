package dev.lyrebird.mqtt;

import dev.lyrebird.resource.Tables;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Listens for MQTT over TCP, on one event loop of several that share the port. */
public final class MqttVerticle extends VerticleBase {

  private final NetServerOptions options;
  private final Broker broker;
  private final Supplier<Tables> tables;
  private @Nullable NetServer server;
  private @Nullable MqttDoor door;

  /**
   * Creates the verticle.
   *
   * @param options where to listen
   * @param broker what the doors of the node share
   * @param tables gives the tables as the event loop reaches them on which it is called
   */
  public MqttVerticle(NetServerOptions options, Broker broker, Supplier<Tables> tables) {
    this.options = options;
    this.broker = broker;
    this.tables = tables;
  }

  @Override
  public Future<?> start() {
    MqttDoor own = new MqttDoor(broker, tables.get(), vertx);
    door = own;
    server =
        vertx
            .createNetServer(options)
            .connectHandler(socket -> own.takeOver((NetSocketInternal) socket));
    return server.listen();
  }

  /** Returns the port that is listened on, once started. */
  public int port() {
    return server == null ? -1 : server.actualPort();
  }

  @Override
  public Future<?> stop() {
    Future<Void> closed = door == null ? Future.succeededFuture() : door.close();
    return closed.eventually(() -> server == null ? Future.succeededFuture() : server.close());
  }
}
