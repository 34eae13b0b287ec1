package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.auth.ScramClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client without a socket that sends a node whatever its random numbers tell it to, in pieces cut
 * anywhere, and holds the node to what it owes even such a client. It sends until the node ends the
 * connection or it has had enough. Owned by the node's event loop.
 */
final class HostileClient {

  private static final int MOST_INPUTS = 40;

  /** For how many steps it waits on average while the node does not read. */
  private static final int PATIENCE_STEPS = 200;

  private static final int CONNECT = 1;
  private static final int DISCONNECT = 14;

  private final int number;
  private final RandomGenerator random;
  private final PacketGrammar grammar;
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Socket socket = new Socket();
  private final Answers answers = new Answers();

  /** What was handed to the node, as it was cut. */
  private final List<byte[]> pieces = new ArrayList<>();

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private byte[] pending = new byte[0];
  private final int mostInputs;
  private final long patienceNanos;
  private int inputs;

  /** Whether all that was sent was well formed. */
  private boolean isClean = true;

  /** What was sent last, if it must end the connection. */
  private @Nullable FaultyPacket fault;

  /** Whether the client was let in when it sent that. */
  private boolean wasLetIn;

  private @Nullable ScramClient scram;
  private long waitsSinceNanos;

  /** Can be stuck, as that of a client which does not read. */
  private static final class Socket extends ChannelDuplexHandler {
    private boolean isStuck;

    @Override
    public void flush(ChannelHandlerContext context) {
      if (!isStuck) {
        context.flush();
      }
    }
  }

  /**
   * @param number by which it is known among those of a run
   * @param patienceSeconds how long it waits to be sent away
   */
  HostileClient(
      int number,
      RandomGenerator random,
      MqttDoor door,
      ByteBufAllocator allocator,
      Sabotage sabotage,
      List<Object> clutched,
      int patienceSeconds) {
    this.number = number;
    this.random = random;
    this.grammar = new PacketGrammar(random, 3 + Math.min(2, random.nextInt(5)));
    this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
    this.mostInputs = 1 + random.nextInt(MOST_INPUTS);
    channel.config().setAllocator(allocator);
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
    door.accept(channel.pipeline().lastContext());
    sabotage.plant(channel.pipeline(), clutched);
    channel.pipeline().addFirst(socket);
  }

  /** Returns what stands for the connection in the node. */
  MqttConnection connection() {
    return channel.pipeline().get(MqttConnection.class);
  }

  /** Returns how many inputs it has made. */
  int inputs() {
    return inputs;
  }

  /** Returns all that it has sent, in hexadecimal, a space where it was cut. */
  String sent() {
    return pieces.stream()
        .map(HexFormat.of()::formatHex)
        .collect(Collectors.joining(" ", "client " + number + ": ", ""));
  }

  /**
   * Hears what the node has to say, and sends more.
   *
   * @return whether the connection goes on
   */
  boolean step() {
    try {
      channel.runPendingTasks();
      hear();
      if (!channel.isOpen()) {
        concludeEnded();
        return false;
      }
      if (fault != null && pending.length == 0) {
        awaitEnd();
      } else if (channel.config().isAutoRead()) {
        if (inputs >= mostInputs && pending.length == 0) {
          leave();
          return false;
        }
        speak();
      } else if (random.nextInt(PATIENCE_STEPS) == 0) {
        leave();
        return false;
      }
      return true;
    } catch (Answers.Wrong e) {
      throw new Law.Broken(Law.WELL_FORMED, String.valueOf(e.getMessage()), e);
    } catch (Exception e) {
      throw new Law.Broken(Law.NO_EXCEPTION, "one did", e);
    }
  }

  /** Hands over pieces as they are, one at each step, instead of anything of its own. */
  void replay(byte[] piece) {
    isClean = false;
    if (channel.isOpen()) {
      hand(piece);
    }
    channel.runPendingTasks();
    hear();
  }

  /** Breaks the connection. */
  void leave() {
    var _ = channel.close();
    channel.runPendingTasks();
    channel.checkException();
    hear();
    Law.NO_EXCEPTION.hold(channel.inboundMessages().isEmpty(), "a message passed the connection");
  }

  private void hear() {
    for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      ByteBuf bytes = (ByteBuf) out;
      byte[] copy = ByteBufUtil.getBytes(bytes);
      bytes.release();
      answers.take(copy, levelOfConnect(stream.toByteArray()));
    }
    byte[] challenge = answers.challenge();
    if (challenge != null && scram != null && !answers.isLetIn()) {
      String message = new String(challenge, UTF_8);
      if (message.startsWith("r=")) {
        send(grammar.auth(0x18, scram.last(message).getBytes(UTF_8)));
      }
    }
  }

  private void speak() {
    readOrNot(fault != null || random.nextInt(50) != 0);
    if (!channel.isOpen()) {
      return; // what the node had to say was its last word
    }
    if (pending.length == 0) {
      makeInputs();
    }
    boolean isCut = random.nextInt(3) == 0 && (fault == null || !fault.isWhole());
    int length = isCut ? random.nextInt(pending.length + 1) : pending.length;
    byte[] piece = Arrays.copyOf(pending, length);
    pending = Arrays.copyOfRange(pending, length, pending.length);
    hand(piece);
  }

  private void readOrNot(boolean reads) {
    boolean isReadAgain = reads && socket.isStuck;
    socket.isStuck = !reads;
    if (isReadAgain) {
      channel.flush();
    }
  }

  private void hand(byte[] piece) {
    pieces.add(piece);
    stream.writeBytes(piece);
    channel.writeInbound(channel.alloc().buffer(piece.length).writeBytes(piece));
  }

  private void makeInputs() {
    for (int i = random.nextInt(3); i >= 0 && fault == null && inputs < mostInputs; i--) {
      makeInput();
    }
  }

  private void makeInput() {
    boolean isFirst = inputs++ == 0;
    if (isFirst && random.nextInt(20) != 0) {
      open();
      return;
    }
    int kind = random.nextInt(100);
    if (kind < 12 && isClean && !isFirst) {
      wasLetIn = answers.isLetIn() && channel.config().isAutoRead() && pending.length == 0;
      fault = FaultyPacket.of(grammar, random);
      send(fault.bytes());
      send(Packet.of(0x30, Packet.string(HostileRun.CANARY + number), canaryProperties()));
    } else if (kind < 35) {
      spoil(isFirst || random.nextInt(20) == 0 ? grammar.connect() : grammar.packet());
    } else if (kind < 70 && !answers.owed().isEmpty()) {
      send(answers.owed().remove());
    } else {
      send(grammar.packet());
    }
  }

  private byte[] canaryProperties() {
    return grammar.level() == PacketGrammar.VERSION_5 ? new byte[1] : new byte[0];
  }

  private void open() {
    int kind = random.nextInt(300);
    if (kind < 20) {
      spoil(grammar.connect());
    } else if (kind == 20 && grammar.level() == PacketGrammar.VERSION_5) {
      scram = new ScramClient("anna", "secret", "n,,");
      send(grammar.connectWith(scram.first().getBytes(UTF_8)));
    } else {
      send(grammar.connect());
    }
  }

  private void spoil(byte[] packet) {
    isClean = false;
    Mutation[] all = Mutation.values();
    send(all[random.nextInt(all.length)].of(packet, grammar.packet(), random));
  }

  private void send(byte[] input) {
    pending = pending.length == 0 ? input : Packet.bytes(pending, input);
  }

  /** A faulty packet has been sent, and a publish behind it. */
  private void awaitEnd() {
    readOrNot(true);
    if (waitsSinceNanos == 0) {
      waitsSinceNanos = System.nanoTime();
    }
    Law.ENDS.hold(System.nanoTime() - waitsSinceNanos < patienceNanos, faultName());
  }

  /** The node has ended the connection. */
  private void concludeEnded() {
    answers.end();
    channel.checkException();
    Law.NO_EXCEPTION.hold(channel.inboundMessages().isEmpty(), "a message passed the connection");
    int reason = answers.lastReason();
    if (grammar.level() < PacketGrammar.VERSION_5 || !isWithinVersion()) {
      return;
    }
    if (fault != null && wasLetIn && pending.length == 0) {
      Law.TELLS_WHY.hold(
          fault.codes().contains(reason) || isOthersReason(reason),
          "%s has another reason than %02x".formatted(faultName(), reason));
    } else if (fault == null && isClean && answers.isLetIn()) {
      Law.TELLS_WHY.hold(reason != 0x81, "what is well formed is called malformed");
    }
    if (answers.isLetIn() && !contains(stream.toByteArray(), DISCONNECT)) {
      Law.TELLS_WHY.hold(reason >= ReasonCode.LEAST_FAILURE, "nothing was told");
    }
  }

  /** Tells whether the CONNECT, if it was spoilt, is of the version that it was meant to be. */
  private boolean isWithinVersion() {
    return levelOfConnect(stream.toByteArray()) == grammar.level();
  }

  /** Another client takes the client id, or nothing came for too long. */
  private static boolean isOthersReason(int reason) {
    return reason == Byte.toUnsignedInt(ReasonCode.SESSION_TAKEN_OVER.value())
        || reason == Byte.toUnsignedInt(ReasonCode.KEEP_ALIVE_TIMEOUT.value());
  }

  private String faultName() {
    return fault == null ? "none" : fault.what();
  }

  /** Returns the level that the stream's first packet names, or 0 where it names none. */
  private static int levelOfConnect(byte[] stream) {
    int at = lengthEnd(stream, 0);
    if (at == 0 || stream[0] >> 4 != CONNECT || stream.length < at + 2) {
      return 0;
    }
    int nameLength = (stream[at] & 0xff) << 8 | (stream[at + 1] & 0xff);
    int levelAt = at + 2 + nameLength;
    return levelAt < stream.length ? stream[levelAt] & 0xff : 0;
  }

  /** Tells whether a stream has a packet of a type, if it is taken by the lengths in it. */
  private static boolean contains(byte[] stream, int type) {
    int at = 0;
    while (at < stream.length) {
      if ((stream[at] & 0xff) >> 4 == type) {
        return true;
      }
      int body = lengthEnd(stream, at);
      if (body == 0) {
        return false;
      }
      int length = 0;
      for (int i = at + 1; i < body; i++) {
        length |= (stream[i] & 0x7f) << (7 * (i - at - 1));
      }
      at = body + length;
    }
    return false;
  }

  /** Returns where the length ends of the packet that begins there, or 0 where it does not. */
  private static int lengthEnd(byte[] stream, int at) {
    for (int i = at + 1; i < Math.min(at + 5, stream.length); i++) {
      if (stream[i] >= 0) {
        return i + 1;
      }
    }
    return 0;
  }
}
