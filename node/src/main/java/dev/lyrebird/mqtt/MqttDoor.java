package dev.lyrebird.mqtt;

import dev.lyrebird.resource.Tables;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT connections of one event loop, however they came to it. Owned by that loop.
 *
 * <p>Packets are decoded and rare ones encoded by Netty; from there on a connection is a handler of
 * its own in the pipeline, without the wrappers of Vert.x, which cost as much as all the rest.
 */
public final class MqttDoor {

  private static final int MILLIS_PER_SECOND = 1000;
  private static final int LONGEST_CLIENT_ID = 65_535;

  /** How far the row of a session may lag behind what its client has acknowledged. */
  private static final int ROW_MILLIS = 100;

  /** Rows that are written at once, lest thousands of sessions that come back hold up the loop. */
  private static final int MOST_ROWS = 100;

  /** Beyond, connections that are refused are closed without a word. */
  private static final int MOST_REFUSED = 1000;

  /** How often, and how far apart, TCP asks a client that does not answer. */
  private static final int PROBES = 4;

  private static final int PROBE_SECONDS = 10;

  /** How long the end of the node waits for sessions and for what clients have yet to be told. */
  private static final int CLOSE_MILLIS = 5000;

  private final Vertx vertx;
  private final Loop loop;
  private final ConnectRules rules;
  private final ByteCounter byteCounter;
  private final Set<MqttConnection> connections = new LinkedHashSet<>();

  /** Those of them that are kept only to be told why they are refused, once they say CONNECT. */
  private final Set<MqttConnection> refused = new HashSet<>();

  private final long timer;
  private final long rowTimer;
  private final Promise<Void> closed = Promise.promise();
  private boolean isClosing;

  /** Whether groups are being let go, since no connection is left. */
  private boolean isLeaving;

  /**
   * Opens the door on the event loop that calls.
   *
   * @param broker what the doors of the node share
   * @param tables the tables as this loop reaches them
   */
  public MqttDoor(Broker broker, Tables tables, Vertx vertx) {
    this.vertx = vertx;
    EventLoop eventLoop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
    Turn turn = new Turn(eventLoop);
    this.loop =
        new Loop(
            broker,
            tables,
            new Routes(broker.host(), tables, broker.limits().topics()),
            new PublishEncoder(broker.clock(), turn),
            new SysTopics(broker.sysTree(), new SessionCensus(tables, broker.clientIds().node())),
            turn,
            eventLoop,
            new LinkedHashSet<>(),
            broker.facilities(eventLoop, tables),
            new LoopGroups(eventLoop));
    loop.groups().belongTo(loop);
    broker.groups().add(loop.groups());
    broker.finder().readBy(tables, eventLoop);
    this.rules = new ConnectRules(broker.limits(), broker.sessionLimits(), broker.freshIds());
    this.byteCounter = new ByteCounter(broker.counters());
    this.timer = vertx.setPeriodic(MILLIS_PER_SECOND, id -> everySecond());
    this.rowTimer = vertx.setPeriodic(ROW_MILLIS, id -> saveStaleRows());
  }

  /**
   * Takes over a connection of this event loop, on which nothing has been sent and whose bytes are
   * those of MQTT. The socket of Vert.x leaves the pipeline: its queue of what is to be written has
   * room for a thousand messages, and is more than half of what an idle connection takes.
   */
  public void takeOver(NetSocketInternal socket) {
    ChannelHandlerContext vertxHandler = socket.channelHandlerContext();
    accept(vertxHandler);
    vertxHandler.pipeline().remove(vertxHandler.handler());
  }

  /**
   * Accepts a connection likewise whose bytes are brought and taken by what goes before its socket.
   *
   * @param socket stays the last in the pipeline
   */
  public void accept(NetSocketInternal socket) {
    accept(socket.channelHandlerContext());
  }

  /** Accepts a connection in front of the last handler of its channel. */
  void accept(ChannelHandlerContext last) {
    MqttLimits limits = loop.broker().limits();
    loop.broker().counters().add(Count.SOCKETS, 1);
    ReasonCode refusal = judge(last);
    if (refusal != null && refused.size() == MOST_REFUSED) {
      var _ = last.close();
      return;
    }
    ChannelConfig config = last.channel().config();
    config.setWriteBufferWaterMark(
        new WriteBufferWaterMark(limits.socketBytes() / 2, limits.socketBytes()));
    probeWhenSilent(config, limits.tcpKeepAliveSeconds());
    MqttDecoder decoder = new MqttDecoder(limits.maxPacketBytes(), LONGEST_CLIENT_ID);
    insert(
        last, byteCounter, MqttEncoder.INSTANCE, new PacketGuard(limits.maxPacketBytes()), decoder);
    // What is written at the decoder's place has the encoder before it.
    MqttConnection connection =
        new MqttConnection(this, loop, rules, last.pipeline().context(decoder), refusal);
    insert(last, connection);
    connections.add(connection);
    if (refusal != null) {
      refused.add(connection);
    }
  }

  private static void insert(ChannelHandlerContext last, ChannelHandler... handlers) {
    for (ChannelHandler handler : handlers) {
      last.pipeline().addBefore(last.name(), null, handler);
    }
  }

  /** Returns why a newcomer is refused, or null where it is taken, and counts from now on. */
  private @Nullable ReasonCode judge(ChannelHandlerContext context) {
    if (isClosing) {
      return loop.broker().stopping().inConnack();
    }
    Limit limit = loop.broker().admission().enter(address(context));
    return limit == null ? null : limit.code();
  }

  private static InetAddress address(ChannelHandlerContext context) {
    return context.channel().remoteAddress() instanceof InetSocketAddress remote
        ? remote.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  /**
   * Has TCP ask a silent client whether it is still there. Nothing else finds out that a client is
   * gone which has asked for no keep alive and is sent nothing.
   */
  private static void probeWhenSilent(ChannelConfig config, int seconds) {
    config.setOption(ChannelOption.SO_KEEPALIVE, true);
    config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), seconds);
    config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), PROBE_SECONDS);
    config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
  }

  /**
   * Tells all clients that the node stops, and lets no connection stay.
   *
   * @return ends when they have been told, and it is written down how their sessions stand, or that
   *     has taken too long
   */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    vertx.cancelTimer(rowTimer);
    vertx.setTimer(CLOSE_MILLIS, id -> closed.tryComplete());
    ReasonCode stopping = loop.broker().stopping();
    loop.broker().groups().stop();
    List.copyOf(connections).forEach(connection -> connection.end(stopping, "the node stops"));
    isClosing = true;
    completeWhenEmpty();
    return closed.future();
  }

  /** The socket of a connection is closed. */
  void closed(MqttConnection connection, ChannelHandlerContext context) {
    if (!refused.remove(connection)) {
      loop.broker().admission().leave(address(context));
    }
    forgetIfGone(connection);
  }

  /** A connection is done with its session. */
  void forgetIfGone(MqttConnection connection) {
    if (connection.isGone()) {
      connections.remove(connection);
    }
    completeWhenEmpty();
  }

  private void completeWhenEmpty() {
    if (isClosing && !isLeaving && connections.stream().noneMatch(MqttConnection::isUnfinished)) {
      isLeaving = true;
      LoopGroups groups = loop.groups();
      groups.execute(() -> groups.leave(closed::tryComplete)); // behind what clients have told them
    }
  }

  private void saveStaleRows() {
    Iterator<SessionRow> stale = loop.staleRows().iterator();
    for (int saved = 0; saved < MOST_ROWS && stale.hasNext(); ) {
      if (stale.next().refresh()) {
        stale.remove();
        saved++;
      }
    }
    loop.groups().saveStale();
  }

  private void everySecond() {
    loop.sysTopics().everySecond();
    loop.groups().everySecond();
    List.copyOf(connections).forEach(MqttConnection::everySecond);
  }
}
