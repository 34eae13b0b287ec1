package dev.lyrebird.benchmark;

import dev.lyrebird.Lyrebird;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionClosedException;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.IncomingMessages;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Router;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A node with code behind some of its paths: two echoes, and code that does what no code should.
 */
public final class ResourceNode {

  /** A resource that sends back what it is sent. */
  static final String ECHO = "bench/code/echo";

  /** A handler that does. */
  static final String ECHO_HANDLER = "bench/code/echo-handler";

  /** GET does not return before its thread is interrupted. */
  static final String BLOCKS = "bench/code/blocks";

  /** GET spins until {@link #CALM}. */
  static final String SPINS = "bench/code/spins";

  /** GET throws. */
  static final String THROWS = "bench/code/throws";

  /** A connection whose code takes nothing of what its client says. */
  static final String NEVER_READS = "bench/code/never-reads";

  /** A connection whose code sends as fast as it may. */
  static final String SENDS = "bench/code/sends";

  /** A connection whose code closes it, and sends on until {@link #CALM}. */
  static final String SENDS_AFTER_CLOSE = "bench/code/sends-after-close";

  /** GET ends what goes on. */
  static final String CALM = "bench/code/calm";

  private static final int MESSAGE_BYTES = 1024;

  private final Message message = Message.binary(new byte[MESSAGE_BYTES]);
  private volatile boolean isCalm;

  private ResourceNode() {}

  /** Takes the options of {@code lyrebird start}. */
  public static void main(String[] arguments) {
    Lyrebird.start(new ResourceNode().router(), arguments);
  }

  private Router router() {
    Router router = new Router();
    router.resource(ECHO, new Echo());
    router.ws(ECHO_HANDLER, new EchoHandler());
    router.get(BLOCKS, context -> block());
    router.get(SPINS, context -> spin());
    router.get(
        THROWS,
        context -> {
          throw new IllegalStateException("as it was told to");
        });
    router.connect(NEVER_READS, (incoming, context) -> outgoing -> block());
    router.connect(SENDS, (incoming, context) -> this::sendOn);
    router.connect(SENDS_AFTER_CLOSE, (incoming, context) -> this::sendAfterClose);
    router.get(CALM, context -> calm());
    return router;
  }

  private static final class Echo implements Resource {

    @Override
    public OutgoingMessages connect(IncomingMessages incoming, Context context) {
      return outgoing -> {
        for (Message said : incoming) {
          outgoing.send(said);
        }
      };
    }
  }

  private static final class EchoHandler implements ConnectionHandler<@Nullable Void> {

    @Override
    public @Nullable Void open(Connection connection) {
      return null;
    }

    @Override
    public void message(Connection connection, @Nullable Void data, Message message) {
      connection.send(message);
    }
  }

  private static String block() throws InterruptedException {
    new CountDownLatch(1).await();
    return "never";
  }

  private String spin() {
    while (!isCalm) {
      Thread.onSpinWait();
    }
    return "calm";
  }

  private String calm() {
    isCalm = true;
    return "calm";
  }

  private void sendOn(Connection outgoing) {
    while (outgoing.isOpen()) {
      outgoing.send(message);
    }
  }

  private void sendAfterClose(Connection outgoing) throws InterruptedException {
    outgoing.close();
    while (!isCalm) {
      try {
        outgoing.send(message);
      } catch (ConnectionClosedException e) {
        Thread.sleep(Duration.ofMillis(1));
      }
    }
  }
}
