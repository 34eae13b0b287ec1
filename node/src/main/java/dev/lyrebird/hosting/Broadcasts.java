package dev.lyrebird.hosting;

import dev.lyrebird.api.Message;
import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.resource.Nodes;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is broadcast in a room to its members on other nodes. A node that is not there does
 * not hear it, then or later: what is to last belongs into a table.
 *
 * <p>Mail has no bound of its own. So a node tells now and then how many bytes have come, and to
 * one for which too many are under way nothing is sent: its members miss messages, and a metric
 * counts them. One that has told nothing for long is tried again, since letters may be lost. Bytes
 * have come when the members here have been told, for whom a thread of its own waits if they take
 * too little: event loops do not.
 *
 * <p>A letter: its kind; of a broadcast flags, the route's pattern, the name of the room if it has
 * one, the fields of the event that are there, the content type, the bytes; of a receipt how many
 * bytes have come since the last. Any thread may call.
 */
final class Broadcasts {

  private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);

  /** Most bytes under way to one node. */
  static final long MOST_UNDER_WAY = 4 << 20;

  /** A receipt is sent for so many bytes. */
  private static final long RECEIPT_BYTES = 64 << 10;

  /** A node that has sent no receipt for so long is tried again. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final String BOX = "rooms";
  private static final int BROADCAST = 1;
  private static final int RECEIPT = 2;

  private static final int IN_ROOM = 1;
  private static final int IS_TEXT = 2;
  private static final int HAS_EVENT = 4;
  private static final int HAS_ID = 8;
  private static final int HAS_RETRY = 16;

  private final Nodes nodes;
  private final Executor threads;
  private final Listener listener;
  private final LongSupplier nanos;
  private final Counter dropped;

  /** Bytes under way to each node, and bytes that have come from it since the last receipt. */
  private final Map<Long, Traffic> traffic = new ConcurrentHashMap<>();

  /** What goes to and fro between this node and another. Guarded by itself. */
  private static final class Traffic {
    private long underWay;
    private long heardAt;
    private long unconfirmed;
    private boolean isFull;

    /** What has come and has not been told yet. */
    private final Queue<byte[]> come = new ArrayDeque<>(0);

    /** Whether a thread tells it. */
    private boolean isTelling;
  }

  /** Takes what was broadcast on another node. */
  @FunctionalInterface
  interface Listener {

    /** A message came; where no room is named, for all connections of the route. */
    void heard(String pattern, @Nullable String room, Message message);
  }

  /**
   * @param nanos tells the time, as {@link System#nanoTime} does
   * @param threads run what may wait
   * @param listener may wait
   */
  Broadcasts(
      Nodes nodes, MeterRegistry meters, LongSupplier nanos, Executor threads, Listener listener) {
    this.nodes = nodes;
    this.threads = threads;
    this.listener = listener;
    this.nanos = nanos;
    this.dropped =
        Counter.builder("lyrebird_rooms_dropped")
            .description("Broadcasts not sent to a node, since too many are under way to it")
            .register(meters);
    nodes.listen(
        BOX,
        new Nodes.Listener() {

          @Override
          public void joined(long node) {
            traffic.remove(node);
          }

          @Override
          public void left(long node) {
            traffic.remove(node);
          }

          @Override
          public void letter(long from, byte[] letter) {
            take(from, letter);
          }
        });
  }

  /** Sends a message to the members of a room on all other nodes that are there now. */
  void send(String pattern, @Nullable String room, Message message) {
    var others = nodes.present();
    if (!others.isEmpty()) {
      byte[] letter = letter(pattern, room, message);
      others.forEach(node -> send(node, letter));
    }
  }

  private void send(long node, byte[] letter) {
    Traffic with = with(node);
    synchronized (with) {
      boolean isSilent = nanos.getAsLong() - with.heardAt > PATIENCE_NANOS;
      if (isSilent && with.underWay > MOST_UNDER_WAY) {
        with.underWay = 0;
        with.heardAt = nanos.getAsLong();
      }
      boolean wasFull = with.isFull;
      with.isFull = with.underWay > MOST_UNDER_WAY;
      if (with.isFull) {
        dropped.increment();
        if (!wasFull) {
          LOG.atWarn()
              .addKeyValue("peer", node)
              .log("a node takes broadcasts too slowly, and misses some");
        }
        return;
      }
      with.underWay += letter.length;
    }
    nodes.send(node, BOX, letter);
  }

  private Traffic with(long node) {
    return traffic.computeIfAbsent(
        node,
        first -> {
          Traffic begun = new Traffic();
          begun.heardAt = nanos.getAsLong();
          return begun;
        });
  }

  private void take(long from, byte[] letter) {
    try {
      ByteBuffer in = ByteBuffer.wrap(letter);
      int kind = in.get();
      switch (kind) {
        case BROADCAST -> come(from, letter);
        case RECEIPT -> confirmed(from, in.getLong());
        default ->
            throw new IllegalArgumentException(
                "a letter of kind %d, which this node does not know".formatted(kind));
      }
    } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException e) {
      cannotBeRead(from, e);
    }
  }

  private static void cannotBeRead(long from, RuntimeException fault) {
    LOG.atWarn()
        .addKeyValue("peer", from)
        .setCause(fault)
        .log("a broadcast of another node cannot be read and is dropped");
  }

  /** A broadcast has come; all of one node are told one after another. */
  private void come(long from, byte[] letter) {
    Traffic with = with(from);
    synchronized (with) {
      with.come.add(letter);
      if (with.isTelling) {
        return;
      }
      with.isTelling = true;
    }
    threads.execute(() -> tell(from, with));
  }

  private void tell(long from, Traffic with) {
    byte[] letter = next(with);
    while (letter != null) {
      try {
        read(ByteBuffer.wrap(letter, 1, letter.length - 1));
      } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException e) {
        cannotBeRead(from, e);
      } catch (RuntimeException e) {
        LOG.atError()
            .addKeyValue("peer", from)
            .setCause(e)
            .log("a broadcast of another node could not be told to all");
      }
      confirm(from, with, letter.length);
      letter = next(with);
    }
  }

  private static byte @Nullable [] next(Traffic with) {
    synchronized (with) {
      byte[] next = with.come.poll();
      with.isTelling = next != null;
      return next;
    }
  }

  private void confirm(long from, Traffic with, int bytes) {
    long come;
    synchronized (with) {
      with.unconfirmed += bytes;
      if (with.unconfirmed < RECEIPT_BYTES) {
        return;
      }
      come = with.unconfirmed;
      with.unconfirmed = 0;
    }
    ByteWriter receipt = new ByteWriter(16);
    receipt.octet(RECEIPT);
    receipt.fixed64(come);
    nodes.send(from, BOX, receipt.toByteArray());
  }

  private void confirmed(long from, long bytes) {
    Traffic with = with(from);
    synchronized (with) {
      with.underWay = Math.max(0, with.underWay - bytes);
      with.heardAt = nanos.getAsLong();
    }
  }

  private static byte[] letter(String pattern, @Nullable String room, Message message) {
    String event = message.event();
    String id = message.id();
    Duration retry = message.retry();
    int flags =
        (room == null ? 0 : IN_ROOM)
            | (message.isText() ? IS_TEXT : 0)
            | (event == null ? 0 : HAS_EVENT)
            | (id == null ? 0 : HAS_ID)
            | (retry == null ? 0 : HAS_RETRY);
    ByteWriter letter = new ByteWriter(64 + message.bytes().length);
    letter.octet(BROADCAST);
    letter.octet(flags);
    letter.string(pattern);
    if (room != null) {
      letter.string(room);
    }
    if (event != null) {
      letter.string(event);
    }
    if (id != null) {
      letter.string(id);
    }
    if (retry != null) {
      letter.fixed64(retry.toMillis());
    }
    letter.string(message.contentType());
    letter.bytes(message.bytes());
    return letter.toByteArray();
  }

  private void read(ByteBuffer in) {
    int flags = in.get();
    String pattern = ByteReader.string(in);
    String room = (flags & IN_ROOM) == 0 ? null : ByteReader.string(in);
    String event = (flags & HAS_EVENT) == 0 ? null : ByteReader.string(in);
    String id = (flags & HAS_ID) == 0 ? null : ByteReader.string(in);
    Duration retry = (flags & HAS_RETRY) == 0 ? null : Duration.ofMillis(in.getLong());
    String contentType = ByteReader.string(in);
    Message message = Message.of(ByteReader.bytes(in), contentType, (flags & IS_TEXT) != 0);
    message = event == null ? message : message.withEvent(event);
    message = id == null ? message : message.withId(id);
    message = retry == null ? message : message.withRetry(retry);
    listener.heard(pattern, room, message);
  }
}
