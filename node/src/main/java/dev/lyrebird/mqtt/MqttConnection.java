package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.mqtt.ConnectRules.Verdict;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttIdentifierRejectedException;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One network connection: lets a client in, keeps the time, and ends.
 *
 * <pre>
 *   AwaitingConnect --CONNECT--> Authenticating --who it is--> Entering --its session--> Connected
 *          |                           |                          |                         |
 *          +---------------------------+--------------------------+-------------------------+--> Ended
 * </pre>
 *
 * <p>A client enters in two steps: it gets hold of its client id, and then its session is opened.
 * What it sends right behind its CONNECT waits until it is let in. Once ended, nothing that the
 * client sent later reaches tables; what came before is seen to its end, then whoever has claimed
 * the client id meanwhile is told how the session stands. The socket may stay open for a moment, to
 * take the last words.
 *
 * <p>Owned by the event loop of its channel.
 */
final class MqttConnection extends ChannelInboundHandlerAdapter implements ClientIds.Holder {

  private static final Logger log = LoggerFactory.getLogger(MqttConnection.class);

  /** How long a socket may take to take the last words. */
  private static final int LINGER_SECONDS = 5;

  /**
   * How often a session tells how far its tables have come of which nothing concerns it, so that it
   * does not stay behind what their journals still hold.
   */
  private static final int REFRESH_SECONDS = 600;

  private final MqttDoor door;
  private final Loop loop;
  private final ConnectRules rules;
  private final ChannelHandlerContext context;
  private final Outbox outbox;

  private State state;

  /** The client id that was claimed; empty before. */
  private String clientId = "";

  /** Whether anything under the client id is still to be seen to its end. */
  private boolean isBusy;

  /** Whether the session is being opened, or was, which is then seen to its end. */
  private boolean isOpening;

  /** How the session stands that this connection is done with; null where there is none. */
  private @Nullable SessionState last;

  /** Whom to tell that, once nothing more is done under the client id. */
  private @Nullable Consumer<@Nullable Handover> successor;

  /** Enhanced authentication, which the client may begin again; null where it asked for none. */
  private @Nullable Login login;

  /** Empty while the connection is read. */
  private final Set<ReadHalt> halts = EnumSet.noneOf(ReadHalt.class);

  /** How fast it may publish; null where there is no bound. */
  private final @Nullable PublishRate rate;

  private int packetsReceived;
  private int publishesReceived;
  private long publishBytesReceived;
  private boolean isActive;
  private int idleSeconds;

  /** Since the connection was made, or has ended. */
  private int seconds;

  private sealed interface State {

    /**
     * Nothing was said yet.
     *
     * @param refusal why the client will be refused whatever it says; null where it will not
     */
    record AwaitingConnect(@Nullable ReasonCode refusal) implements State {}

    /**
     * The client proves who it is.
     *
     * @param early what came behind CONNECT: no more than one read brought
     */
    record Authenticating(Connect connect, Login login, Queue<Object> early) implements State {}

    /**
     * The client id is being claimed, then the session is opened.
     *
     * @param early what came behind CONNECT: no more than one read brought
     */
    record Entering(Connect connect, Queue<Object> early) implements State {}

    record Connected(Client client) implements State {}

    record Ended() implements State {}
  }

  /**
   * Creates the handler of a connection.
   *
   * @param context where its packets are written
   * @param refusal why its client is to be refused; null where it is welcome
   */
  MqttConnection(
      MqttDoor door,
      Loop loop,
      ConnectRules rules,
      ChannelHandlerContext context,
      @Nullable ReasonCode refusal) {
    this.state = new State.AwaitingConnect(refusal);
    int perSecond = loop.broker().limits().maxPublishesPerSecond();
    this.rate = perSecond == 0 ? null : new PublishRate(perSecond);
    this.door = door;
    this.loop = loop;
    this.rules = rules;
    this.context = context;
    this.outbox = new Outbox(context, loop.turn(), loop.broker().counters());
  }

  /** Tells whether the client has its last words to come, or is not done with its session. */
  boolean isUnfinished() {
    return isBusy || (isEnded() && context.channel().isActive());
  }

  /** Tells whether nothing is left of the connection. */
  boolean isGone() {
    return !isBusy && !context.channel().isActive();
  }

  boolean isEnded() {
    return state instanceof State.Ended;
  }

  /** Takes nothing more from the socket for now: what the client sends stays there. */
  void stopReading(ReadHalt why) {
    halts.add(why);
    context.channel().config().setAutoRead(false);
  }

  /** Takes a reason away not to read. */
  void goOnReading(ReadHalt why) {
    halts.remove(why);
    context.channel().config().setAutoRead(halts.isEmpty());
  }

  /** Ends the connection for a reason that the client is told, if it can be. */
  void end(ReasonCode code, String detail) {
    if (isEnded()) {
      return;
    }
    log.atDebug()
        .addKeyValue("clientId", clientId)
        .addKeyValue("remote", context.channel().remoteAddress())
        .addKeyValue("reason", code)
        .log("The connection is ended: {}", detail);
    loop.broker().counters().add(Count.ENDED, 1);
    switch (state) {
      case State.Authenticating(var connect, _, _) -> sayNo(connect, code, detail);
      case State.Entering(var connect, _) -> sayNo(connect, code, detail);
      case State.Connected(var client) -> client.sayGoodbye(code, detail);
      case State.AwaitingConnect _, State.Ended _ -> {}
    }
    finish(true);
    outbox.close();
  }

  private void sayNo(Connect connect, ReasonCode code, String reason) {
    sayNo(connect.level(), connect.maxPacketBytes(), code.inConnack(), reason);
  }

  private void sayNo(int level, int room, ReasonCode code, String reason) {
    String reference = code == ReasonCode.USE_ANOTHER_SERVER ? loop.broker().serverReference() : "";
    outbox.send(Replies.refusal(level, room, code, reference, reason));
  }

  /**
   * Ends the connection as the client asks.
   *
   * @param isLost whether its will is to be published all the same
   */
  void endAsAsked(boolean isLost) {
    finish(isLost);
    outbox.close();
  }

  /** Lets a second pass. */
  void everySecond() {
    seconds++;
    idleSeconds = isActive || !context.channel().config().isAutoRead() ? 0 : idleSeconds + 1;
    isActive = false;
    if (rate != null && rate.nextSecond()) {
      goOnReading(ReadHalt.RATE);
    }
    switch (state) {
      case State.AwaitingConnect _, State.Authenticating _, State.Entering _ -> {
        if (seconds > loop.broker().limits().connectTimeoutSeconds()) {
          end(ReasonCode.UNSPECIFIED_ERROR, "the client was not let in in time");
        }
      }
      case State.Connected(var client) -> {
        if (client.isOverdue(idleSeconds)) {
          end(ReasonCode.KEEP_ALIVE_TIMEOUT, "nothing came within the keep alive");
        } else if (login != null) {
          login.everySecond(loop.broker().limits().connectTimeoutSeconds());
        }
        if (seconds % REFRESH_SECONDS == 0) {
          client.refresh();
        }
      }
      case State.Ended _ -> {
        if (seconds > LINGER_SECONDS) {
          outbox.closeNow();
        }
      }
    }
  }

  /** Another connection claims the client id. */
  @Override
  public void makeWay(Consumer<@Nullable Handover> gone) {
    onLoop(() -> {
      successor = gone;
      end(ReasonCode.SESSION_TAKEN_OVER, "another connection has taken the client id");
      tellSuccessor();
    });
  }

  @Override
  public void restore() {
    onLoop(() -> {
      if (state instanceof State.Connected(var client)) {
        client.refresh();
      }
    });
  }

  private void tellSuccessor() {
    if (successor != null && !isBusy) {
      successor.accept(last);
      successor = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Queue<Object> early = early();
    if (early != null) {
      early.add(message);
      return;
    }
    try {
      switch (message) {
        case MqttMessage packet -> take(packet);
        case PacketFault fault -> refuse(fault);
        default -> throw new IllegalStateException("no packet: " + message);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Returns where packets wait that come too early, or null where they do not have to. */
  private @Nullable Queue<Object> early() {
    return switch (state) {
      case State.Authenticating(_, var login, var early) -> login.awaitsClient() ? null : early;
      case State.Entering(_, var early) -> early;
      case State.AwaitingConnect _, State.Connected _, State.Ended _ -> null;
    };
  }

  private void take(MqttMessage packet) {
    packetsReceived++;
    if (packet.decoderResult().isFailure()) {
      refuse(fault(packet));
      return;
    }
    boolean isAuth = packet.fixedHeader().messageType() == MqttMessageType.AUTH;
    switch (state) {
      case State.AwaitingConnect(var refusal) -> {
        if (packet instanceof MqttConnectMessage connect) {
          loop.broker().counters().add(Count.CONNECTS, 1);
          take(connect, refusal);
        }
      }
      case State.Authenticating(_, var login, _) -> {
        if (isAuth) {
          stopReading(ReadHalt.LETTING_IN);
          login.take(packet);
        } else if (packet.fixedHeader().messageType() == MqttMessageType.DISCONNECT) {
          endAsAsked(false);
        } else {
          end(ReasonCode.PROTOCOL_ERROR, "AUTH comes before anything else"); // [MQTT-3.1.2-30]
        }
      }
      case State.Connected(var client) -> {
        if (packet instanceof MqttPublishMessage publish) {
          publishesReceived++;
          publishBytesReceived += publish.payload().readableBytes();
          slowDown();
        }
        if (isAuth && login != null) {
          login.take(packet);
        } else {
          client.take(packet);
        }
      }
      case State.Entering _, State.Ended _ -> {}
    }
  }

  private void slowDown() {
    if (rate != null && rate.isUsedUp() && !halts.contains(ReadHalt.RATE)) {
      stopReading(ReadHalt.RATE);
      loop.broker().admission().alarm().reached(Limit.PUBLISH_RATE, clientId);
    }
  }

  private void take(MqttConnectMessage connect, @Nullable ReasonCode refusal) {
    if (refusal != null) {
      int level = connect.variableHeader().version();
      PacketFault fault = new PacketFault(level, refusal, "no connection is taken now");
      refuse(fault, ConnectRules.room(connect));
      return;
    }
    switch (rules.judge(connect)) {
      case Verdict.Accepted(var accepted, var credentials) -> authenticate(accepted, credentials);
      case Verdict.Rejected(var fault) -> refuse(fault, ConnectRules.room(connect));
    }
  }

  private void authenticate(Connect connect, Credentials credentials) {
    stopReading(ReadHalt.LETTING_IN);
    Login own = new Login(connect, this, outbox, loop.broker(), loop.executor(), address());
    state = new State.Authenticating(connect, own, new ArrayDeque<>());
    if (credentials.authentication() != null) {
      login = own;
    }
    own.begin(credentials);
  }

  /** Returns the address of the client; empty where it has none. */
  String address() {
    return context.channel().remoteAddress() instanceof InetSocketAddress remote
        ? remote.getHostString()
        : "";
  }

  /** The client's next AUTH is awaited. */
  void hear() {
    goOnReading(ReadHalt.LETTING_IN);
    if (state instanceof State.Authenticating(_, _, var early)) {
      takeEarly(early);
    }
  }

  /** The client has proven who it is. */
  void letIn(Identity identity) {
    if (state instanceof State.Authenticating(var connect, _, var early)) {
      claim(connect.of(identity), early);
    }
  }

  private void claim(Connect connect, Queue<Object> early) {
    state = new State.Entering(connect, early);
    clientId = connect.clientId();
    isBusy = true;
    loop.broker()
        .clientIds()
        .claim(clientId, this, granted -> onLoop(() -> open(connect, granted)));
  }

  /** A client id that was given back meanwhile is another's. */
  private void open(Connect connect, ClientIds.Granted granted) {
    if (state instanceof State.Entering) {
      isOpening = true;
      SessionOpening.open(connect, granted, loop, this::sessionIsOpen);
    }
  }

  private void sessionIsOpen(Connect connect, SessionOpening.Opened opened) {
    Refusal refusal = opened.refusal();
    if (refusal != null) {
      end(ReasonCode.SERVER_UNAVAILABLE, refusal.detail());
      gone(null);
      return;
    }
    Client client = new Client(connect, opened, this, outbox, loop);
    if (state instanceof State.Entering(_, var early)) {
      state = new State.Connected(client);
      client.welcome();
      goOnReading(ReadHalt.LETTING_IN);
      takeEarly(early);
    } else {
      client.begin();
      client.leave(false, this::gone);
    }
  }

  private void takeEarly(Queue<Object> early) {
    while (early() == null && !early.isEmpty()) {
      channelRead(context, early.remove());
    }
  }

  /** Nothing more is done under the client id. */
  private void gone(@Nullable SessionState session) {
    isBusy = false;
    last = session;
    loop.broker().clientIds().release(clientId, this);
    tellSuccessor();
    door.forgetIfGone(this);
  }

  /** Answers a packet that breaks the rules, which ends the connection. */
  private void refuse(PacketFault fault) {
    refuse(fault, 0);
  }

  /**
   * @param room the largest packet that the client takes; 0 where that is not known
   */
  private void refuse(PacketFault fault, int room) {
    if (state instanceof State.AwaitingConnect) {
      sayNo(fault.level(), room, fault.code(), fault.detail());
    }
    end(fault.code(), fault.detail());
  }

  /** Says in our words what Netty's decoder has found. */
  private static PacketFault fault(MqttMessage packet) {
    int level =
        packet.variableHeader() instanceof MqttConnectVariableHeader header ? header.version() : 0;
    Throwable cause = packet.decoderResult().cause();
    ReasonCode code =
        switch (cause) {
          case TooLongFrameException tooLong -> ReasonCode.PACKET_TOO_LARGE;
          case MqttIdentifierRejectedException rejected -> ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
          default -> ReasonCode.MALFORMED_PACKET;
        };
    return new PacketFault(level, code, String.valueOf(cause.getMessage()));
  }

  private void finish(boolean isLost) {
    State before = state;
    state = new State.Ended();
    seconds = 0;
    switch (before) {
      case State.Authenticating(_, _, var early) -> release(early);
      case State.Entering(_, var early) -> {
        release(early);
        if (!isOpening) {
          gone(null); // its claim may never be granted
        }
      }
      case State.Connected(var client) -> client.leave(isLost, this::gone);
      case State.AwaitingConnect _, State.Ended _ -> {}
    }
  }

  private static void release(Queue<Object> early) {
    while (!early.isEmpty()) {
      ReferenceCountUtil.release(early.remove());
    }
  }

  private void onLoop(Runnable task) {
    if (loop.executor().inEventLoop()) {
      task.run();
    } else {
      loop.executor().execute(task);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    isActive = true;
    MqttCounters counters = loop.broker().counters();
    counters.add(Count.PACKETS_RECEIVED, packetsReceived);
    packetsReceived = 0;
    if (publishesReceived > 0) {
      counters.add(Count.PUBLISHES_RECEIVED, publishesReceived);
      counters.add(Count.PUBLISH_BYTES_RECEIVED, publishBytesReceived);
      publishesReceived = 0;
      publishBytesReceived = 0;
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (state instanceof State.Connected(var client)) {
      client.resume();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!isEnded()) {
      finish(true);
    }
    door.closed(this, context);
    context.fireChannelInactive();
  }

  /** A socket that breaks is no fault of anyone's; anything else is one of this program. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      outbox.closeNow();
      return;
    }
    log.atWarn()
        .addKeyValue("clientId", clientId)
        .setCause(cause)
        .log("A connection failed and is ended");
    end(ReasonCode.UNSPECIFIED_ERROR, "the node failed");
  }
}
