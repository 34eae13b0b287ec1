package dev.lyrebird.resuming;

import dev.lyrebird.client.PacketDecoder;
import dev.lyrebird.client.PacketDecoder.Packet;
import dev.lyrebird.client.RawSocket;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.history.Write;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A follower with a durable session of MQTT 5. It acknowledges what it has read when it reads on,
 * so that it also breaks off between the two, and in the middle of an acknowledgement.
 *
 * <p>Messages are judged; rows are not, because a session is not told when those go that it has
 * missed.
 */
final class SessionFollower implements Follower {

  private static final int CONNACK = 2;
  private static final int PUBLISH = 3;
  private static final int PUBREL = 6;
  private static final int SUBACK = 9;
  private static final int DISCONNECT = 14;

  /** Longer than an episode; what is left of one goes by itself. */
  private static final int EXPIRY_SECONDS = 100;

  /** How often a connection may end that the follower has not broken off. */
  private static final int MOST_TURNED_AWAY = 3;

  private final String name;
  private final String filter;
  private final int qos;
  private final Account account;
  private final Consumer<String> trace;

  /** Packet Identifiers of QoS 2 that the server has not released ([MQTT-4.3.3-2]). */
  private final Set<Short> received = new HashSet<>();

  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private PacketDecoder packets = new PacketDecoder();
  private @Nullable RawSocket socket;
  private @Nullable Addresses node;
  private int turnedAway;
  private boolean hasSession;
  private boolean isSubscribed;

  /** Creates a follower that is not connected; its name is its Client Identifier. */
  SessionFollower(String name, String filter, int qos, Account account, Consumer<String> trace) {
    this.name = name;
    this.filter = filter;
    this.qos = qos;
    this.account = account;
    this.trace = trace;
  }

  @Override
  public void connect(Addresses at, int receiveBytes) {
    trace.accept(name + " connects to " + at.node());
    node = at;
    packets = new PacketDecoder();
    unsent.reset();
    socket = new RawSocket(at.host(), at.mqtt(), receiveBytes);
    byte[] levelFlagsAndKeepAlive = {5, 0, 0, 60};
    byte[] sessionExpiry = {5, 0x11, 0, 0, 0, EXPIRY_SECONDS};
    socket.send(packet(0x10, text("MQTT"), levelFlagsAndKeepAlive, sessionExpiry, text(name)));
    if (!isSubscribed) {
      byte[] idWithoutProperties = {0, 1, 0};
      socket.send(packet(0x82, idWithoutProperties, text(filter), new byte[] {(byte) qos}));
    }
  }

  @Override
  public boolean isConnected() {
    return socket != null;
  }

  @Override
  public int read(int most, Duration patience) {
    if (socket == null) {
      return 0;
    }
    try {
      acknowledge();
      byte[] bytes = socket.readSome(most, patience);
      packets.take(bytes).forEach(this::take);
      return bytes.length;
    } catch (UncheckedIOException e) {
      goOnWhenTurnedAway(e);
      return 0;
    }
  }

  @Override
  public void cutOff() {
    RawSocket ending = socket;
    if (ending != null) {
      trace.accept(name + " breaks off");
      socket = null;
      try (ending) {
        ending.send(Arrays.copyOf(unsent.toByteArray(), unsent.size() / 2));
      } catch (UncheckedIOException e) {
        trace.accept(name + " was cut off before");
      }
    }
  }

  @Override
  public boolean isReady() {
    return isSubscribed;
  }

  @Override
  public Account account() {
    return account;
  }

  @Override
  public String toString() {
    return name + " of " + filter + " with QoS " + qos;
  }

  /**
   * Connects again. A connection that was broken off before it was let in may get the session after
   * the next one asked for it, which is then refused; the session is none the worse for it.
   */
  private void goOnWhenTurnedAway(UncheckedIOException e) {
    trace.accept(name + " is turned away: " + e.getMessage());
    turnedAway++;
    cutOff();
    if (node == null || turnedAway > MOST_TURNED_AWAY) {
      throw e;
    }
    connect(node, 0);
  }

  private void take(Packet packet) {
    ByteBuffer body = packet.body();
    switch (packet.type()) {
      case CONNACK -> {
        boolean isPresent = body.get() == 1;
        byte reason = body.get();
        if (reason != 0) {
          throw new UncheckedIOException(new EOFException("refused for 0x%02x".formatted(reason)));
        }
        if (hasSession && !isPresent) {
          account.blame("lost its session");
        }
        hasSession = true;
      }
      case SUBACK -> {
        if (body.get(body.limit() - 1) != qos) {
          account.blame("was not granted " + filter);
        }
        isSubscribed = true;
        account.hasPlace();
      }
      case PUBLISH -> publish(packet.head(), body);
      case PUBREL -> {
        short id = body.getShort();
        trace.accept(name + " is told to release " + id);
        received.remove(id);
        answer(0x70, id);
      }
      case DISCONNECT ->
          throw new UncheckedIOException(
              new EOFException("told to go for 0x%02x".formatted(body.get())));
      default -> account.blame("was sent a packet of type " + packet.type());
    }
  }

  private void publish(int head, ByteBuffer body) {
    byte[] topic = new byte[body.getShort()];
    body.get(topic);
    int deliveredWith = head >> 1 & 3;
    short id = deliveredWith == 0 ? 0 : body.getShort();
    int properties = body.get();
    body.position(body.position() + properties);
    String payload = StandardCharsets.UTF_8.decode(body).toString();
    trace.accept(
        "%s is told %s %x #%d %s"
            .formatted(name, new String(topic, StandardCharsets.UTF_8), head, id, payload));
    boolean isNew = deliveredWith < 2 || received.add(id);
    if (isNew) {
      note(new String(topic, StandardCharsets.UTF_8), payload, deliveredWith);
    }
    if (deliveredWith > 0) {
      answer(deliveredWith == 1 ? 0x40 : 0x50, id);
    }
  }

  private void note(String topic, String payload, int deliveredWith) {
    if (!Scribe.isMessage(payload)) {
      return;
    }
    Write write = Write.in(payload).orElseThrow();
    Message message = new Message(write, topic.substring(topic.indexOf('/') + 1));
    switch (deliveredWith) {
      case 1 -> account.atLeastOnce(message);
      case 2 -> account.once(message);
      default -> account.blame("was told " + message + " with QoS 0");
    }
  }

  private void answer(int head, short id) {
    unsent.writeBytes(packet(head, ByteBuffer.allocate(2).putShort(id).array()));
  }

  private void acknowledge() {
    if (socket != null) {
      socket.send(unsent.toByteArray());
      unsent.reset();
    }
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + bytes.length).putShort((short) bytes.length).put(bytes).array();
  }

  /** A packet whose remaining length fits in one byte. */
  private static byte[] packet(int head, byte[]... fields) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      body.writeBytes(field);
    }
    return ByteBuffer.allocate(2 + body.size())
        .put((byte) head)
        .put((byte) body.size())
        .put(body.toByteArray())
        .array();
  }
}
