package dev.lyrebird.hosting;

import java.util.ArrayDeque;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait, counted by number and bytes. Pure; guarded by whoever has it.
 *
 * @param <T> the messages
 */
final class MessageQueue<T> {

  private final ToIntFunction<T> size;
  private final int most;
  private final int mostBytes;
  private final ArrayDeque<T> waiting = new ArrayDeque<>(1);
  private int bytes;

  /**
   * @param most messages at which it is full
   * @param mostBytes bytes at which it is full
   */
  MessageQueue(int most, int mostBytes, ToIntFunction<T> size) {
    this.most = most;
    this.mostBytes = mostBytes;
    this.size = size;
  }

  void add(T message) {
    waiting.add(message);
    bytes += size.applyAsInt(message);
  }

  @Nullable T poll() {
    T message = waiting.poll();
    if (message != null) {
      bytes -= size.applyAsInt(message);
    }
    return message;
  }

  void clear() {
    waiting.clear();
    bytes = 0;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  boolean isFull() {
    return waiting.size() >= most || bytes >= mostBytes;
  }

  /** Tells whether less than half of what may wait does. */
  boolean isHalfEmpty() {
    return waiting.size() * 2 < Math.max(most, 2) && bytes * 2L < mostBytes;
  }
}
