package dev.lyrebird.hosting;

import dev.lyrebird.api.Message;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to any number of clients. Each wire form is made once: should two event
 * loops make one at the same time, they make the same.
 */
public final class Sent {

  private final Message message;
  private volatile byte @Nullable [] frame;
  private volatile byte @Nullable [] event;

  public Sent(Message message) {
    this.message = message;
  }

  public Message message() {
    return message;
  }

  /** Returns how much room it takes while it waits. */
  int bytes() {
    return message.bytes().length;
  }

  /** Returns the message as a WebSocket frame, by whoever makes such. */
  public byte[] frame(Function<Message, byte[]> maker) {
    byte[] made = frame;
    if (made == null) {
      made = maker.apply(message);
      frame = made;
    }
    return made;
  }

  /** Returns the message as a block of an event stream, by whoever makes such. */
  public byte[] event(Function<Message, byte[]> maker) {
    byte[] made = event;
    if (made == null) {
      made = maker.apply(message);
      event = made;
    }
    return made;
  }
}
