package dev.lyrebird.mqtt;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The groups whose messages are handed out on one event loop, and the consumers that are connected
 * to it. Owned by that loop.
 */
final class LoopGroups {

  private final EventLoop eventLoop;
  private final Set<GroupHolder> holders = new LinkedHashSet<>();
  private final Set<Consumer> consumers = new LinkedHashSet<>();
  private @Nullable Loop loop;

  /** Waits until no group is held here; null while nobody does. */
  private @Nullable Runnable whenEmpty;

  LoopGroups(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** Says what the connections of the loop share, once it is there. */
  void belongTo(Loop owner) {
    loop = owner;
  }

  Loop loop() {
    return Objects.requireNonNull(loop);
  }

  /** Runs something on the event loop, later. */
  void execute(Runnable task) {
    eventLoop.execute(task);
  }

  void add(GroupHolder holder) {
    holders.add(holder);
  }

  void remove(GroupHolder holder) {
    holders.remove(holder);
    tellIfEmpty();
  }

  void add(Consumer consumer) {
    consumers.add(consumer);
  }

  void remove(Consumer consumer) {
    consumers.remove(consumer);
  }

  /** Has the consumers of a group join a holder. */
  void join(String group, long holder) {
    List.copyOf(consumers).stream()
        .filter(consumer -> consumer.group().equals(group))
        .forEach(consumer -> consumer.join(holder));
  }

  /** Has consumers look whether their groups are held elsewhere now. */
  void lookAgain() {
    List.copyOf(consumers).forEach(Consumer::lookAgain);
  }

  /**
   * Lets all groups go.
   *
   * @param done is told when none is held here any more
   */
  void leave(Runnable done) {
    whenEmpty = done;
    List.copyOf(holders).forEach(GroupHolder::leave);
    tellIfEmpty();
  }

  private void tellIfEmpty() {
    if (holders.isEmpty() && whenEmpty != null) {
      whenEmpty.run();
    }
  }

  /** Lets the rows of groups catch up. */
  void saveStale() {
    holders.forEach(GroupHolder::saveIfStale);
  }

  /** Lets a second pass. */
  void everySecond() {
    List.copyOf(holders).forEach(GroupHolder::everySecond);
    List.copyOf(consumers).forEach(Consumer::everySecond);
  }
}
