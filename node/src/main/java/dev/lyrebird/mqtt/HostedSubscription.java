package dev.lyrebird.mqtt;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.hosting.HostedConnection;
import dev.lyrebird.hosting.HostedRoute;
import dev.lyrebird.hosting.Sent;
import dev.lyrebird.hosting.Wire;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import dev.lyrebird.mqtt.PublishImage.Splice;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to a topic of users' code: a connection to it, over the socket that the client has
 * with all its other subscriptions.
 *
 * <pre>
 *   arriving --accept--> decided --SUBACK--> ready --> over
 *      |                    |                           ^
 *      +---- refused -------+----- unsubscribed, lost --+
 * </pre>
 *
 * <p>Owned by the event loop of the client's connection.
 */
final class HostedSubscription implements Wire {

  /** So many are sent in one turn of the event loop: code that floods holds up nobody else. */
  private static final int MOST_IN_A_TURN = 64;

  private final MqttSubscription subscription;
  private final HostedRoute route;
  private final List<UserProperty> properties;
  private final ResourceTopics resources;
  private final Connect connect;
  private final Outbox outbox;
  private final Loop loop;
  private final byte[] topic;

  /** What the packets have of their own; null where that is nothing. */
  private final @Nullable Splice splice;

  /** Whom to tell what the code decides; null once it has. */
  private @Nullable Consumer<@Nullable ProblemException> decided;

  /** What waits for that; null where nothing does. */
  private @Nullable Queue<Runnable> early;

  private @Nullable HostedConnection hosted;
  private boolean isReady;
  private boolean isOver;

  /** Whether the client's socket is not read on its behalf. */
  private boolean isHalting;

  private int sentThisTurn;

  /**
   * @param route of the code
   * @param properties of the SUBSCRIBE
   * @param resources to which it belongs
   * @param decided is told once null, when the client is let in, or why it is not
   */
  HostedSubscription(
      MqttSubscription subscription,
      HostedRoute route,
      List<UserProperty> properties,
      ResourceTopics resources,
      Connect connect,
      Outbox outbox,
      Loop loop,
      Consumer<@Nullable ProblemException> decided) {
    this.subscription = subscription;
    this.route = route;
    this.properties = properties;
    this.resources = resources;
    this.connect = connect;
    this.outbox = outbox;
    this.loop = loop;
    this.decided = decided;
    this.topic = PublishEncoder.topic(subscription.filter().text());
    this.splice =
        subscription.identifier() == 0 ? null : new Splice(0, false, List.of(subscription));
  }

  MqttSubscription subscription() {
    return subscription;
  }

  HostedRoute route() {
    return route;
  }

  /** Returns the User Properties of its SUBSCRIBE. */
  List<UserProperty> properties() {
    return properties;
  }

  /** Says who serves it, in the turn in which it was brought there. */
  void serveBy(HostedConnection by) {
    hosted = by;
  }

  /** Tells whether it is not known yet whether the client is let in. */
  boolean isArriving() {
    return decided != null;
  }

  /** Runs something once it is known whether the client is let in: now, if it is. */
  void whenDecided(Runnable task) {
    if (decided == null) {
      task.run();
      return;
    }
    if (early == null) {
      early = new ArrayDeque<>(1);
    }
    early.add(task);
  }

  /** The client has been told that it is let in, and can be sent to. */
  void begin() {
    isReady = true;
    drained();
  }

  /** There is room in the socket again. */
  void drained() {
    if (hosted != null && isWritable()) {
      hosted.drained();
    }
  }

  /** Hands over what the client says; returns false where nobody listens any more. */
  boolean takes(Message message) {
    if (hosted == null || isOver || !hosted.isOpen()) {
      return false;
    }
    hosted.received(message);
    return true;
  }

  /**
   * Ends it from the client's side.
   *
   * @param code as {@link HostedConnection#gone} has it
   */
  void end(int code, String reason) {
    if (!isOver) {
      over();
      if (hosted != null) {
        hosted.gone(code, reason);
      }
      decide(null); // it was let in for a moment
    }
  }

  private void over() {
    isOver = true;
    read(true);
    if (hosted != null) {
      resources.awaitEnd(hosted);
    }
  }

  private void decide(@Nullable ProblemException problem) {
    Consumer<@Nullable ProblemException> told = decided;
    if (told == null) {
      return;
    }
    decided = null;
    told.accept(problem);
    if (early != null) {
      early.forEach(Runnable::run);
      early = null;
    }
  }

  @Override
  public void execute(Runnable task) {
    loop.executor().execute(task);
  }

  @Override
  public void accept() {
    decide(null);
  }

  @Override
  public void refuse(ProblemException problem) {
    if (!isOver) {
      over();
      resources.forget(this);
      decide(problem);
    }
  }

  @Override
  public boolean isWritable() {
    return isReady && !isOver && sentThisTurn < MOST_IN_A_TURN && outbox.isWritable();
  }

  @Override
  public void send(Sent message) {
    if (isOver) {
      return;
    }
    sentThisTurn++;
    PublishImage image = loop.encoder().image(topic, message.message(), connect.isVersion5());
    int size = splice == null ? image.size() : image.size(splice);
    if (size > connect.maxPacketBytes()) {
      loop.broker().counters().add(Count.DROPPED, 1); // [MQTT-3.1.2-24]
    } else if (splice == null) {
      outbox.publish(image, 0, false);
    } else {
      outbox.publish(image, 0, false, splice);
    }
  }

  /** The turn flushes the outbox; what was held back goes on in the next. */
  @Override
  public void flush() {
    boolean mayHaveMore = sentThisTurn == MOST_IN_A_TURN;
    sentThisTurn = 0;
    if (mayHaveMore) {
      execute(this::drained);
    }
  }

  @Override
  public void read(boolean on) {
    if (isHalting == on && (on || !isOver)) {
      isHalting = !on;
      resources.halt(!on);
    }
  }

  /**
   * The code ends the connection. MQTT has no word for it: nothing more arrives, but of other code
   * that has come in its place.
   */
  @Override
  public void close(int code, String reason) {
    if (!isOver) {
      over();
      resources.forget(this);
      if (hosted != null) {
        hosted.gone(code, reason);
      }
      if (code == Connection.RELOAD) {
        resources.replace(this);
      }
    }
  }
}
