package dev.lyrebird.hosting;

import dev.lyrebird.api.Message;
import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.resource.Nodes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is broadcast in a room to its members on other nodes. A node that is not there does
 * not hear it, then or later: what is to last belongs into a table.
 *
 * <p>A letter: its format, the route's pattern, whether a room is named and its name, flags, the
 * fields of the event that are there, the content type, the bytes. Any thread may call.
 */
final class Broadcasts {

  private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);

  private static final String BOX = "rooms";
  private static final int FORMAT = 1;

  private static final int IN_ROOM = 1;
  private static final int IS_TEXT = 2;
  private static final int HAS_EVENT = 4;
  private static final int HAS_ID = 8;
  private static final int HAS_RETRY = 16;

  private final Nodes nodes;

  /** Takes what was broadcast on another node. */
  @FunctionalInterface
  interface Listener {

    /** A message came; where no room is named, for all connections of the route. */
    void heard(String pattern, @Nullable String room, Message message);
  }

  Broadcasts(Nodes nodes, Listener listener) {
    this.nodes = nodes;
    nodes.listen(
        BOX,
        new Nodes.Listener() {

          @Override
          public void joined(long node) {}

          @Override
          public void left(long node) {}

          @Override
          public void letter(long from, byte[] letter) {
            read(letter, listener);
          }
        });
  }

  /** Sends a message to the members of a room on all other nodes that are there now. */
  void send(String pattern, @Nullable String room, Message message) {
    var others = nodes.present();
    if (!others.isEmpty()) {
      byte[] letter = letter(pattern, room, message);
      others.forEach(node -> nodes.send(node, BOX, letter));
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
    letter.octet(FORMAT);
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

  private static void read(byte[] letter, Listener listener) {
    try {
      ByteBuffer in = ByteBuffer.wrap(letter);
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "a broadcast in format %d, but this node reads %d".formatted(format, FORMAT));
      }
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
    } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException e) {
      LOG.atWarn().setCause(e).log("a broadcast of another node cannot be read and is dropped");
    }
  }
}
