package dev.lyrebird.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * One turn of the event loop, as far as writing goes. Whatever was appended to connections while
 * the loop went through its sockets and tasks is flushed once, at its end: the number of system
 * calls is what decides the cost of a message.
 *
 * <p>Owned by that event loop.
 */
final class Turn {

  private final EventLoop loop;
  private final List<ByteBuf> shared = new ArrayList<>();
  private List<Outbox> touched = new ArrayList<>();
  private List<Outbox> flushing = new ArrayList<>();
  private boolean endIsDue;

  Turn(EventLoop loop) {
    this.loop = loop;
  }

  /** Has a connection flushed at the end of the turn. */
  void touched(Outbox outbox) {
    touched.add(outbox);
    endLater();
  }

  /**
   * Returns the bytes in memory that sockets write from without a copy of their own. It is there
   * until the end of the turn, and beyond for those who retain it.
   */
  ByteBuf share(byte[] bytes) {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
    shared.add(buffer);
    endLater();
    return buffer;
  }

  private void endLater() {
    if (!endIsDue) {
      endIsDue = true;
      loop.execute(this::end);
    }
  }

  /** A flush may make a slow client writable again, and what then follows is of the next turn. */
  private void end() {
    endIsDue = false;
    shared.forEach(ByteBuf::release);
    shared.clear();
    List<Outbox> now = touched;
    touched = flushing;
    flushing = now;
    for (int i = 0; i < now.size(); i++) {
      now.get(i).flush();
    }
    now.clear();
  }
}
