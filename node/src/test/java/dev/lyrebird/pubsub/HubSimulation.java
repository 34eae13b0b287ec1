package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.pubsub.SimulatedTable.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One history of two nodes with the same tables, and of clients that come, go, lag and move from
 * one node to the other. The seed decides everything that happens, so that a history can be had
 * again.
 */
final class HubSimulation {

  private static final List<Channel> CHANNELS = List.of(channel(""), channel("s"), channel("t/u"));

  private static final List<TopicFilter> FILTERS =
      List.of(
          TopicFilter.of("#"),
          TopicFilter.of("+"),
          TopicFilter.of("a/#"),
          TopicFilter.of("+/a"),
          TopicFilter.of("+/+/b"),
          TopicFilter.of("s/#"),
          TopicFilter.of("s/a"),
          TopicFilter.of("t/u/+"),
          TopicFilter.of("t/#"),
          TopicFilter.below(""),
          TopicFilter.below("s"),
          TopicFilter.below("s/a"),
          TopicFilter.topic("s/a"),
          TopicFilter.topic("$d"));

  private static final int NODES = 2;
  private static final int CLIENTS = 4;
  private static final int MANY_TURNS = 10_000;

  private final Random random;
  private final int steps;
  private final int filters;
  private final boolean trims;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  /** Whether clients act while their hub calls them. */
  private boolean actsWhileCalled;

  /** A witness on its node. */
  private record Client(SimulatedNode node, Witness witness) {}

  HubSimulation(long seed, Fault fault) {
    random = new Random(seed);
    steps = 50 + random.nextInt(300);
    filters = 1 + random.nextInt(4);
    trims = random.nextBoolean();
    actsWhileCalled = random.nextBoolean();
    List<Channel> channels = CHANNELS.subList(0, 1 + random.nextInt(CHANNELS.size()));
    List<Chains> chains = channels.stream().map(channel -> new Chains()).toList();
    for (int i = 0; i < NODES; i++) {
      nodes.add(new SimulatedNode(channels, chains, random, fault));
    }
  }

  private static Channel channel(String path) {
    return new Channel(path, path.hashCode());
  }

  /** Runs to its end, where nothing is under way any more. */
  void run() {
    for (int i = 0; i < steps; i++) {
      step();
      clients.forEach(client -> client.witness().assertFlushed());
    }
    actsWhileCalled = false;
    List.copyOf(clients).forEach(client -> client.witness().makeRoom(Integer.MAX_VALUE));
    settle();
    clients.forEach(client -> client.witness().assertToldEverything());
    List.copyOf(clients).forEach(this::leave);
    settle();
    for (SimulatedNode node : nodes) {
      assertTrue(
          node.tables().stream().allMatch(SimulatedTable::isIdle), "something was left open");
    }
  }

  private void step() {
    SimulatedTable table = oneOf(oneOf(nodes).tables());
    switch (random.nextInt(25)) {
      case 0, 1, 2 -> table.apply(random.nextInt(Chains.ORIGINS), 1 + random.nextInt(3));
      case 3, 4, 5, 6, 7 -> table.work();
      case 8, 9, 10 -> table.feed();
      case 11, 12, 13, 14, 15, 16, 17 -> table.answer();
      case 18, 19, 20, 21 -> makeRoom();
      case 22, 23 -> act();
      default -> {
        if (random.nextBoolean()) {
          goOnElsewhere();
        } else if (trims) {
          table.trim();
        }
      }
    }
  }

  /** Lets everything happen that is under way. */
  private void settle() {
    boolean busy = true;
    for (int turns = 0; busy; turns++) {
      assertTrue(turns < MANY_TURNS, "never comes to rest");
      busy = false;
      for (SimulatedNode node : nodes) {
        for (SimulatedTable table : node.tables()) {
          busy |= table.work();
          busy |= table.feed();
          busy |= table.answer();
        }
      }
    }
  }

  private void makeRoom() {
    if (!clients.isEmpty()) {
      oneOf(clients).witness().makeRoom(random.nextInt(4));
    }
  }

  private void act() {
    if (clients.size() < CLIENTS) {
      subscribe(join(), oneOf(FILTERS), freshStart());
    } else {
      act(oneOf(clients));
    }
  }

  private void act(Client client) {
    List<TopicFilter> held = client.witness().filters();
    switch (random.nextInt(9)) {
      case 0 -> leave(client);
      case 1 -> client.witness().makeRoom(1 + random.nextInt(5));
      case 2, 3 -> {
        if (!held.isEmpty()) {
          client.witness().unsubscribe(oneOf(held));
        }
      }
      default -> {
        TopicFilter filter = oneOf(held.size() < filters ? FILTERS : held);
        subscribe(client, filter, freshStart());
      }
    }
  }

  /** A client leaves and comes back with its last cursor, on whichever node. */
  private void goOnElsewhere() {
    if (clients.isEmpty()) {
      return;
    }
    Client client = oneOf(clients);
    Witness.Standing standing = client.witness().standing();
    leave(client);
    if (standing != null) {
      comeBack(join(), standing);
    }
  }

  /** Takes all subscriptions up again before anything else happens, and then maybe another one. */
  private void comeBack(Client client, Witness.Standing standing) {
    boolean acted = actsWhileCalled;
    actsWhileCalled = false;
    for (TopicFilter filter : standing.filters()) {
      subscribe(client, filter, new Start.After(standing.cursor()));
    }
    actsWhileCalled = acted;
    if (random.nextBoolean()) {
      subscribe(client, oneOf(FILTERS), freshStart());
    }
  }

  private Client join() {
    SimulatedNode node = oneOf(nodes);
    Client client = new Client(node, new Witness(node.hub(), node.tables()));
    client.witness().whileCalled(() -> actWhileCalled(client));
    client.witness().makeRoom(random.nextInt(10));
    clients.add(client);
    return client;
  }

  private void actWhileCalled(Client client) {
    if (actsWhileCalled && !client.witness().hasLeft() && random.nextInt(4) == 0) {
      act(client);
    }
  }

  private void leave(Client client) {
    clients.remove(client);
    client.witness().leave();
  }

  private void subscribe(Client client, TopicFilter filter, Start start) {
    List<SimulatedTable> tables = client.node().tables();
    int[] touched =
        IntStream.range(0, tables.size())
            .filter(table -> tables.get(table).mayMatch(filter) || random.nextInt(4) == 0)
            .toArray();
    client.witness().subscribe(filter, touched, start);
  }

  private Start freshStart() {
    return random.nextBoolean() ? new Start.Current() : new Start.Live();
  }

  private <T> T oneOf(List<T> several) {
    return several.get(random.nextInt(several.size()));
  }
}
