package dev.lyrebird.cluster;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.resource.Nodes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Letters between nodes, over the cluster's event bus. What is sent while the event loop of {@link
 * Membership} is busy with other things leaves as one message for each node: its format, the
 * sender's id (8 bytes), and for each letter its box and its bytes.
 *
 * <p>Any thread sends; letters are brought, and it is told who is there, on that event loop.
 */
public final class Mail implements Nodes {

  private static final Logger LOG = LoggerFactory.getLogger(Mail.class);

  private static final int FORMAT = 1;

  /** From this size on a message takes no more letters: the bus holds it as a whole. */
  private static final int MAX_MESSAGE_BYTES = 256 << 10;

  private final Vertx vertx;
  private final Membership membership;
  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
  private final Queue<Letter> outgoing = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean leavingIsDue = new AtomicBoolean();

  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record Letter(long to, String box, byte[] bytes) {}

  private Mail(Vertx vertx, Membership membership) {
    this.vertx = vertx;
    this.membership = membership;
  }

  /** Opens the mail of this node; the future ends once letters can reach it. */
  public static Future<Mail> open(Vertx vertx, Membership membership) {
    Mail mail = new Mail(vertx, membership);
    return vertx
        .eventBus()
        .<Buffer>consumer(address(membership.self().process()))
        .handler(message -> membership.sender().runOnContext(turn -> mail.deliver(message.body())))
        .completion()
        .map(registered -> mail);
  }

  private static String address(String process) {
    return "mail." + process;
  }

  @Override
  public long self() {
    return membership.self().node();
  }

  @Override
  public List<Long> present() {
    return membership.present().stream().map(Peer::node).toList();
  }

  @Override
  public void send(long node, String box, byte[] letter) {
    outgoing.add(new Letter(node, box, letter));
    if (leavingIsDue.compareAndSet(false, true)) {
      membership.sender().runOnContext(turn -> leave());
    }
  }

  @Override
  public void listen(String box, Listener listener) {
    if (listeners.putIfAbsent(box, listener) != null) {
      throw new IllegalStateException("somebody listens at " + box + " already");
    }
    membership.watch(listener::joined, listener::left);
  }

  private void leave() {
    leavingIsDue.set(false);
    Map<Long, ByteWriter> messages = new LinkedHashMap<>();
    for (Letter letter = outgoing.poll(); letter != null; letter = outgoing.poll()) {
      ByteWriter message = messages.computeIfAbsent(letter.to(), to -> begun());
      message.string(letter.box());
      message.bytes(letter.bytes());
      if (message.size() > MAX_MESSAGE_BYTES) {
        messages.remove(letter.to());
        leave(letter.to(), message);
      }
    }
    messages.forEach(this::leave);
  }

  private ByteWriter begun() {
    ByteWriter message = new ByteWriter(128);
    message.octet(FORMAT);
    message.fixed64(self());
    return message;
  }

  private void leave(long to, ByteWriter message) {
    String process = membership.process(to);
    if (process == null) {
      return; // it has gone
    }
    try {
      vertx
          .eventBus()
          .<Buffer>sender(address(process))
          .write(Buffer.buffer(message.toByteArray()))
          .onFailure(cause -> lost(to, cause));
    } catch (IllegalStateException e) { // the connection broke in this very moment
      LOG.atDebug().setCause(e).log("letters to a node that has just gone are lost");
    }
  }

  private void lost(long to, Throwable cause) {
    if (cause instanceof ReplyException fault && fault.failureType() == ReplyFailure.NO_HANDLERS) {
      listeners.values().forEach(listener -> listener.doesNotListen(to));
    }
  }

  private void deliver(Buffer message) {
    try {
      ByteBuffer in = ByteBuffer.wrap(message.getBytes());
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "letters in format %d, but this node reads %d".formatted(format, FORMAT));
      }
      long from = in.getLong();
      while (in.hasRemaining()) {
        Listener listener = listeners.get(ByteReader.string(in));
        byte[] letter = ByteReader.bytes(in);
        if (listener != null) {
          listener.letter(from, letter);
        }
      }
    } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException e) {
      LOG.atWarn().setCause(e).log("letters of another node cannot be read and are dropped");
    }
  }
}
