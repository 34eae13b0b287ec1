package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupLetter.ToConsumer;
import dev.lyrebird.mqtt.GroupLetter.ToHolder;
import dev.lyrebird.mqtt.ShareGroup.Effect;
import dev.lyrebird.resource.Nodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where the holders of groups are, and consumers, and how they reach one another: as tasks on one
 * another's event loops, in order.
 *
 * <p>One for the whole node; any thread may call.
 */
public final class Groups {

  private final long self;
  private final boolean isOffered;
  private final ConcurrentMap<String, GroupHolder> holders = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, Consumer> consumers = new ConcurrentHashMap<>();
  private final AtomicLong lastNumber = new AtomicLong();

  /**
   * Creates the groups of a node.
   *
   * @param nodes of which one is this
   * @param isOffered whether clients may share subscriptions
   */
  public Groups(Nodes nodes, boolean isOffered) {
    this.self = nodes.self();
    this.isOffered = isOffered;
  }

  /** Tells whether clients may share subscriptions. */
  boolean isOffered() {
    return isOffered;
  }

  long self() {
    return self;
  }

  /** Returns a number that no other consumer of this node has had. */
  ConsumerId freshId() {
    return new ConsumerId(self, lastNumber.incrementAndGet());
  }

  /** Lets a consumer be reached. */
  void add(Consumer consumer) {
    consumers.put(consumer.id().number(), consumer);
  }

  /** Lets a consumer be reached no more. */
  void remove(Consumer consumer) {
    consumers.remove(consumer.id().number());
  }

  /**
   * Tells the holder of a group something.
   *
   * @param home where the group gets its holder if it has none
   */
  void tellHolder(SharedFilter group, ConsumerId from, ToHolder letter, LoopGroups home) {
    GroupHolder holder =
        holders.computeIfAbsent(group.text(), fresh -> new GroupHolder(group, home, this));
    holder.execute(() -> holder.take(from, letter));
  }

  /** Tells consumers of a group something; what goes to one of them arrives together. */
  void tellConsumers(String group, List<Effect> effects) {
    Map<ConsumerId, List<ToConsumer>> letters = new LinkedHashMap<>();
    for (Effect effect : effects) {
      letters.computeIfAbsent(effect.to(), fresh -> new ArrayList<>()).add(effect.letter());
    }
    letters.forEach((to, all) -> {
      Consumer consumer = consumers.get(to.number());
      if (consumer != null) {
        consumer.execute(() -> all.forEach(consumer::take));
      }
    });
  }

  /** A holder has closed its group: who comes now gets another. */
  void vacate(GroupHolder holder) {
    holders.remove(holder.name(), holder);
  }
}
