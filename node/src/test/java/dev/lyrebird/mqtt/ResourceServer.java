package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A listening MQTT door with users' code behind topics, and what the code has told. */
final class ResourceServer implements AutoCloseable {

  private static final int LIMIT_SECONDS = 30;

  /** Tells of all that happens on its connections, and sends back what it hears. */
  static final class Echo implements ConnectionHandler<Connection> {

    private final BlockingQueue<String> said;

    Echo(BlockingQueue<String> said) {
      this.said = said;
    }

    @Override
    public Connection open(Connection connection) {
      said.add("open " + connection.context().path());
      return connection;
    }

    @Override
    public void message(Connection connection, Connection data, Message message) {
      said.add("heard " + message);
      connection.send(message);
    }

    @Override
    public void close(Connection connection, Connection data, int code, String reason) {
      said.add("closed " + code);
    }
  }

  final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  final Host host;
  final TestServer server;

  ResourceServer(Router router) {
    this(router, TestServer.LIMITS);
  }

  ResourceServer(Router router, MqttLimits limits) {
    host = Host.of(router);
    server = new TestServer(limits, host);
  }

  /** Expects what the code tells next. */
  void expectSaid(String... all) {
    for (String each : all) {
      assertEquals(each, next(said));
    }
  }

  /** Returns what the code tells next. */
  static String next(BlockingQueue<String> said) {
    try {
      String next = said.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      return next == null ? "(nothing in time)" : next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.close();
    host.close();
  }
}
