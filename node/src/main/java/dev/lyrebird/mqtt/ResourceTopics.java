package dev.lyrebird.mqtt;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.hosting.Facilities;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.hosting.HostedConnection;
import dev.lyrebird.hosting.RequestContext;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.pubsub.TopicFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client as one who talks with users' code: its subscriptions there, and what it publishes there.
 * What it publishes to a topic that it subscribes to is said on that subscription; anything else is
 * a call of its own, behind those before it.
 *
 * <p>Owned by the event loop of its connection.
 */
final class ResourceTopics {

  private static final Logger log = LoggerFactory.getLogger(ResourceTopics.class);

  private final Connect connect;
  private final Session session;
  private final @Nullable SessionRow row;
  private final MqttConnection connection;
  private final Outbox outbox;
  private final Loop loop;

  /** By topic. Without a map of its own until there is one, which most connections never have. */
  private Map<String, HostedSubscription> subscriptions = Map.of();

  /** Null until there is a call. */
  private @Nullable ResourceCalls calls;

  /** For how many reasons the socket is not read: subscriptions, and those that are ending. */
  private int halts;

  /** Connections that are over and whose code has not ended. */
  private int ending;

  /**
   * @param row of the session; null for one that ends with the connection
   */
  ResourceTopics(
      Connect connect,
      Session session,
      @Nullable SessionRow row,
      MqttConnection connection,
      Outbox outbox,
      Loop loop) {
    this.connect = connect;
    this.session = session;
    this.row = row;
    this.connection = connection;
    this.outbox = outbox;
    this.loop = loop;
  }

  /** Returns the code that a filter belongs to, where it is a topic of users' code; else null. */
  Host.@Nullable Match match(String filter) {
    return loop.routes().resource(filter);
  }

  /**
   * Opens a subscription, in place of one to the same topic. One that is refused, or that the code
   * ends, leaves the session.
   *
   * @param properties of the SUBSCRIBE
   * @param decided is told once null, when the client is let in, or why it is not
   */
  HostedSubscription open(
      MqttSubscription subscription,
      Host.Match match,
      List<UserProperty> properties,
      Consumer<@Nullable ProblemException> decided) {
    String topic = subscription.filter().text();
    HostedSubscription one =
        new HostedSubscription(
            subscription, match.route(), properties, this, connect, outbox, loop, decided);
    if (!session.subscribe(subscription)) {
      loop.broker().counters().add(Count.SUBSCRIPTIONS, 1);
    }
    if (subscriptions.isEmpty()) {
      subscriptions = new HashMap<>(4);
    }
    HostedSubscription earlier = subscriptions.put(topic, one);
    if (earlier != null) {
      earlier.end(Connection.NORMAL, "subscribed anew");
    }
    if (match.route().calls().contains(Call.CONNECT)) {
      HostedConnection hosted = match.route().connect(context(topic, match, properties), one);
      if (hosted != null) {
        one.serveBy(hosted);
      }
    } else {
      one.refuse(new ProblemException(404, "nobody can be connected to " + topic));
    }
    return one;
  }

  /** Opens the subscriptions of a session that goes on. */
  void goOn(List<MqttSubscription> all) {
    for (MqttSubscription subscription : all) {
      Host.Match match = match(subscription.filter().text());
      if (match != null) {
        reopen(subscription, match, List.of());
      }
    }
  }

  /** Opens a subscription anew where other code has taken the place of what has ended it. */
  void replace(HostedSubscription ended) {
    MqttSubscription subscription = ended.subscription();
    Host.Match match = match(subscription.filter().text());
    if (match != null && match.route() != ended.route()) {
      reopen(subscription, match, ended.properties());
    }
  }

  private void reopen(
      MqttSubscription subscription, Host.Match match, List<UserProperty> properties) {
    HostedSubscription one =
        open(subscription, match, properties, problem -> reopened(subscription, problem));
    one.whenDecided(one::begin);
  }

  private void reopened(MqttSubscription subscription, @Nullable ProblemException problem) {
    if (problem != null) {
      log.atWarn()
          .addKeyValue("clientId", connect.clientId())
          .addKeyValue("topic", subscription.filter().text())
          .addKeyValue("status", problem.status())
          .log("A resource refuses to go on with a client; its subscription ends");
    }
  }

  /** Ends a subscription that the session has no more; returns whether it was one of these. */
  boolean unsubscribe(TopicFilter filter) {
    HostedSubscription one = subscriptions.isEmpty() ? null : subscriptions.remove(filter.text());
    if (one != null) {
      one.end(Connection.NORMAL, "");
    }
    return one != null;
  }

  /** Forgets a subscription that has ended by itself. */
  void forget(HostedSubscription one) {
    TopicFilter filter = one.subscription().filter();
    if (!subscriptions.isEmpty() && subscriptions.remove(filter.text(), one)) {
      session.unsubscribe(filter);
      loop.broker().counters().add(Count.SUBSCRIPTIONS, -1);
      if (row != null) {
        row.touch();
      }
    }
  }

  /** Has the socket not read on behalf of a subscription, or no longer. */
  void halt(boolean begins) {
    halts += begins ? 1 : -1;
    if (begins && halts == 1) {
      connection.stopReading(ReadHalt.RESOURCE);
    } else if (halts == 0) {
      connection.goOnReading(ReadHalt.RESOURCE);
    }
  }

  /**
   * Counts a connection that is over until its code has ended. A client that leaves too many such
   * behind is not read.
   */
  void awaitEnd(HostedConnection over) {
    if (++ending == loop.broker().limits().connectionWrites()) {
      halt(true);
    }
    over.onClose(() -> {
      if (!loop.executor().isShuttingDown()) {
        loop.executor().execute(this::hasEnded);
      }
    });
  }

  private void hasEnded() {
    if (ending-- == loop.broker().limits().connectionWrites()) {
      halt(false);
    }
  }

  /** Goes on sending where the socket was full. */
  void resume() {
    if (!subscriptions.isEmpty()) {
      List.copyOf(subscriptions.values()).forEach(HostedSubscription::drained);
    }
  }

  /**
   * Ends all subscriptions, as the connection ends. The session keeps them. Calls that wait are
   * carried out all the same.
   *
   * @param code as {@link HostedConnection#gone} has it
   */
  void leave(int code) {
    List<HostedSubscription> all = List.copyOf(subscriptions.values());
    subscriptions = Map.of();
    all.forEach(one -> one.end(code, ""));
  }

  /**
   * Takes what the client publishes to users' code.
   *
   * @param done is told once null, when the code has it, or why it does not take it
   */
  void publish(Publication publication, Host.Match match, Consumer<@Nullable Refusal> done) {
    HostedSubscription one = subscriptions.get(publication.topic());
    boolean isKept = publication.retain() && match.route().calls().contains(publication.call());
    if (one == null || isKept) {
      call(publication, match, done);
    } else if (one.isArriving()) {
      one.whenDecided(() -> publish(publication, match, done));
    } else if (one.takes(publication.message())) {
      done.accept(null);
    } else {
      call(publication, match, done);
    }
  }

  private void call(Publication publication, Host.Match match, Consumer<@Nullable Refusal> done) {
    Call call = publication.call();
    if (!match.route().calls().contains(call)) {
      done.accept(Problems.refusal(notOffered(publication)));
      return;
    }
    if (calls == null) {
      calls = new ResourceCalls(loop.executor());
    }
    RequestContext context = context(publication.topic(), match, publication.userProperties());
    calls.add(
        () -> match.route().call(call, publication.message(), context),
        problem -> done.accept(problem == null ? null : Problems.refusal(problem)));
  }

  private static ProblemException notOffered(Publication publication) {
    return new ProblemException(
        405,
        publication.retain()
            ? publication.topic() + " takes no retained messages"
            : publication.topic() + " takes no messages of clients that do not subscribe to it");
  }

  private RequestContext context(String topic, Host.Match match, List<UserProperty> properties) {
    String user = connect.identity().user();
    return context(
        user.isEmpty() ? null : user,
        connection.address(),
        topic,
        match,
        name -> {
          String value = value(properties, name);
          return value == null ? value(connect.userProperties(), name) : value;
        },
        loop.facilities());
  }

  private static RequestContext context(
      @Nullable String user,
      String address,
      String topic,
      Host.Match match,
      RequestContext.Headers headers,
      Facilities facilities) {
    return new RequestContext(
        Protocol.MQTT, user, address, topic, match, Map.of(), headers, "", facilities);
  }

  private static @Nullable String value(List<UserProperty> properties, String name) {
    for (UserProperty property : properties) {
      if (property.name().equalsIgnoreCase(name)) {
        return property.value();
      }
    }
    return null;
  }

  /**
   * Publishes something to users' code in the name of a client that is gone, as a will is. Nobody
   * is told what becomes of it. Any thread may call.
   */
  static void publish(
      Publication publication, Host.Match match, Broker broker, Facilities facilities) {
    Call call = publication.call();
    if (!match.route().calls().contains(call)) {
      broker.counters().add(Count.REFUSED, 1);
      return;
    }
    List<UserProperty> properties = publication.userProperties();
    RequestContext context =
        context(null, "", publication.topic(), match, name -> value(properties, name), facilities);
    var _ =
        match
            .route()
            .call(call, publication.message(), context)
            .whenComplete((result, fault) -> {
              if (fault != null) {
                broker.counters().add(Count.REFUSED, 1);
              }
            });
  }
}
