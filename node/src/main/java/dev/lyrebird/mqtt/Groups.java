package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.GroupLetter.Gone;
import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupLetter.SessionEnded;
import dev.lyrebird.mqtt.GroupLetter.ToConsumer;
import dev.lyrebird.mqtt.GroupLetter.ToHolder;
import dev.lyrebird.mqtt.GroupMail.Counted;
import dev.lyrebird.mqtt.GroupMail.Hello;
import dev.lyrebird.mqtt.GroupMail.RollCall;
import dev.lyrebird.mqtt.GroupMail.ToConsumers;
import dev.lyrebird.mqtt.GroupPost.Effect;
import dev.lyrebird.resource.Nodes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the holders of groups are, and consumers, and how they reach one another: as tasks on one
 * another's event loops, and by mail between nodes, in order.
 *
 * <p>A group is held where {@link Rendezvous} says, of the nodes that have said that they are
 * ready. Where nodes know of different ones for a moment, {@link ClientIds} sees to it that one
 * holds it at a time: who takes a group up claims it, and its holder makes way.
 *
 * <p>One for the whole node; any thread may call.
 */
public final class Groups {

  /** How often {@link #tick} is to be called. */
  public static final int TICK_MILLIS = 1000;

  private static final Logger log = LoggerFactory.getLogger(Groups.class);

  private static final String BOX = "groups";

  /** After so long without a word another node holds no group. */
  private static final int SILENT_MILLIS = 5000;

  private final Nodes nodes;
  private final boolean isClustered;
  private final ConcurrentMap<String, GroupHolder> holders = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, Consumer> consumers = new ConcurrentHashMap<>();
  private final AtomicLong lastNumber;

  /** The event loops of this node. */
  private final List<LoopGroups> loops = new CopyOnWriteArrayList<>();

  /** When other nodes that can hold groups were heard of, in steady milliseconds. */
  private final Map<Long, Long> ready = new ConcurrentHashMap<>();

  private volatile boolean isStopping;

  /**
   * Creates the groups of a node.
   *
   * @param nodes of which one is this
   * @param isClustered whether there may be others
   * @param wall the time of day
   */
  public Groups(Nodes nodes, boolean isClustered, InstantSource wall) {
    this.nodes = nodes;
    this.isClustered = isClustered;
    this.lastNumber = new AtomicLong(Timestamp.timeOfMillis(wall.millis()));
    nodes.listen(BOX, new Letters());
  }

  /** Returns the nodes that are there. */
  Set<Long> nodes() {
    Set<Long> all = new HashSet<>(nodes.present());
    all.add(self());
    return all;
  }

  long self() {
    return nodes.self();
  }

  /** Tells whether other nodes may go on with the groups of this one. */
  boolean isClustered() {
    return isClustered;
  }

  /** Lets groups be held on an event loop. */
  void add(LoopGroups loop) {
    loops.add(loop);
    if (loops.size() == 1) {
      greet();
      lookAgain();
    }
  }

  /** Lets others hold the groups from now on. */
  void stop() {
    if (!isStopping) {
      isStopping = true;
      greet();
    }
  }

  /** Tells the other nodes once more where this one stands, and gives up those that say nothing. */
  public void tick() {
    greet();
    long now = steadyMillis();
    if (ready.values().removeIf(heardAt -> now - heardAt > SILENT_MILLIS)) {
      lookAgain();
    }
  }

  private static long steadyMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private void greet() {
    nodes.present().forEach(node -> send(node, new Hello(isReady(), false)));
  }

  private boolean isReady() {
    return !loops.isEmpty() && !isStopping;
  }

  private void send(long node, GroupMail mail) {
    nodes.send(node, BOX, GroupMailCodec.encode(mail));
  }

  /** Returns a number that no other consumer of this node has had. */
  ConsumerId freshId() {
    return new ConsumerId(self(), lastNumber.incrementAndGet());
  }

  /** Lets a consumer be reached. */
  void add(Consumer consumer) {
    consumers.put(consumer.id().number(), consumer);
  }

  /** Lets a consumer be reached no more. */
  void remove(Consumer consumer) {
    consumers.remove(consumer.id().number());
  }

  /** Returns the node that holds a group, as far as this one knows. */
  long holderOf(SharedFilter group) {
    List<Long> candidates = new ArrayList<>(ready.keySet());
    if (isReady() || candidates.isEmpty()) {
      candidates.add(self());
    }
    return Rendezvous.of(group.text(), candidates);
  }

  /**
   * Tells the holder of a group something.
   *
   * @param node where it is
   */
  void tellHolder(long node, SharedFilter group, ConsumerId from, ToHolder letter) {
    if (node == self()) {
      deliver(group, from, letter);
    } else {
      send(node, new GroupMail.ToHolder(group.text(), from.number(), letter));
    }
  }

  /** Tells the holder of a group that a session has ended whose client was away. */
  void sessionEnded(SharedFilter group, String clientId) {
    tellHolder(holderOf(group), group, freshId(), new SessionEnded(clientId));
  }

  /** Brings a letter to the holder here; one that finds none may have the group taken up. */
  void deliver(SharedFilter group, ConsumerId from, ToHolder letter) {
    GroupHolder holder = holders.get(group.text());
    boolean isNeeded = letter instanceof Join || letter instanceof SessionEnded;
    if (holder == null && isNeeded && isReady() && holderOf(group) == self()) {
      holder =
          holders.computeIfAbsent(group.text(), fresh -> new GroupHolder(group, home(group), this));
    }
    if (holder != null) {
      GroupHolder found = holder;
      found.execute(() -> found.take(from, letter));
    }
  }

  private LoopGroups home(SharedFilter group) {
    return loops.get(Math.floorMod(group.text().hashCode(), loops.size()));
  }

  /** Tells consumers of a group something; what goes to one of them arrives together. */
  void tellConsumers(String group, List<Effect> effects) {
    Map<Long, List<Effect>> byNode = new LinkedHashMap<>();
    for (Effect effect : effects) {
      byNode.computeIfAbsent(effect.to().node(), fresh -> new ArrayList<>()).add(effect);
    }
    byNode.forEach((node, letters) -> {
      if (node == self()) {
        deliver(self(), group, letters);
      } else {
        send(node, new ToConsumers(group, letters));
      }
    });
  }

  private void deliver(long from, String group, List<Effect> letters) {
    Map<ConsumerId, List<ToConsumer>> byConsumer = new LinkedHashMap<>();
    for (Effect effect : letters) {
      byConsumer.computeIfAbsent(effect.to(), fresh -> new ArrayList<>()).add(effect.letter());
    }
    byConsumer.forEach((to, all) -> {
      Consumer consumer = consumers.get(to.number());
      if (consumer == null) {
        tellHolder(from, SharedFilter.of(group), to, new Gone());
      } else {
        consumer.execute(() -> all.forEach(letter -> consumer.take(from, letter)));
      }
    });
  }

  /**
   * Has all consumers of a group join it, wherever they are.
   *
   * @return the nodes that will tell the holder, as {@link GroupHolder#counted}, when theirs have
   */
  Set<Long> callRoll(GroupHolder holder) {
    nodes.present().forEach(node -> send(node, new RollCall(holder.name())));
    count(holder.name(), self());
    return nodes();
  }

  /** Has the consumers of this node join a holder. */
  void count(String group, long holder) {
    AtomicInteger uncounted = new AtomicInteger(loops.size());
    for (LoopGroups loop : loops) {
      loop.execute(() -> {
        loop.join(group, holder);
        if (uncounted.decrementAndGet() == 0) {
          counted(group, holder);
        }
      });
    }
    if (loops.isEmpty()) {
      counted(group, holder);
    }
  }

  private void counted(String group, long holder) {
    if (holder == self()) {
      counted(self(), group);
    } else {
      send(holder, new Counted(group));
    }
  }

  private void counted(long node, String group) {
    GroupHolder holder = holders.get(group);
    if (holder != null) {
      holder.execute(() -> holder.counted(node));
    }
  }

  /** Which nodes are there has changed: consumers look whether their groups are held elsewhere. */
  private void lookAgain() {
    loops.forEach(loop -> loop.execute(loop::lookAgain));
  }

  /** A holder has let its group go: who comes now gets another. */
  void vacate(GroupHolder holder) {
    holders.remove(holder.name(), holder);
  }

  /** What is heard of other nodes. */
  private final class Letters implements Nodes.Listener {

    @Override
    public void joined(long node) {
      send(node, new Hello(isReady(), true));
    }

    @Override
    public void left(long node) {
      if (ready.remove(node) != null) {
        lookAgain();
      }
      holders.values().forEach(holder -> holder.execute(() -> holder.left(node)));
    }

    /** A node that is only just starting has no consumers that could be counted. */
    @Override
    public void doesNotListen(long node) {
      if (!ready.containsKey(node)) {
        holders.values().forEach(holder -> holder.execute(() -> holder.counted(node)));
      }
    }

    @Override
    public void letter(long from, byte[] letter) {
      GroupMail mail;
      try {
        mail = GroupMailCodec.decode(letter, self());
      } catch (IllegalArgumentException e) {
        log.atWarn()
            .addKeyValue("from", Long.toHexString(from))
            .addKeyValue("reason", e.getMessage())
            .log("Mail of another node about a group is dropped; what it told is told again");
        return;
      }
      take(from, mail);
    }

    private void take(long from, GroupMail mail) {
      switch (mail) {
        case Hello hello when !nodes.present().contains(from) -> {} // it is said again
        case Hello hello -> {
          Long before = hello.isReady() ? ready.put(from, steadyMillis()) : ready.remove(from);
          if (hello.isReady() == (before == null)) {
            lookAgain();
          }
          if (hello.wantsAnswer()) {
            send(from, new Hello(isReady(), false));
          }
        }
        case RollCall(var group) -> count(group, from);
        case Counted(var group) -> counted(from, group);
        case GroupMail.ToHolder(var group, var number, var own) ->
            deliver(SharedFilter.of(group), new ConsumerId(from, number), own);
        case ToConsumers(var group, var letters) -> deliver(from, group, letters);
      }
    }
  }
}
