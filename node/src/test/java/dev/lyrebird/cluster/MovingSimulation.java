package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.MemoryTableStore;
import dev.lyrebird.table.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One history of three nodes that write the same few rows, are cut off from one another and meet
 * again, and of clients that move between them with nothing but a cursor. The seed decides
 * everything that happens.
 */
final class MovingSimulation {

  private static final Channel CHANNEL = new Channel("t", 7);
  private static final List<String> IDS = List.of("a", "b", "c", "d", "e/f");
  private static final List<TopicFilter> FILTERS =
      List.of(TopicFilter.below("t"), TopicFilter.topic("t/a"), TopicFilter.of("t/+"));
  private static final int NODES = 3;
  private static final int CLIENTS = 3;
  private static final int MANY_TURNS = 100_000;

  /** More than the journal has between two places at which it can be trimmed. */
  private static final int BURST = 1100;

  private final Random random;
  private final List<MovingNode> nodes = new ArrayList<>();
  private final boolean[] isCutOff = new boolean[NODES];
  private final List<MovingClient> clients = new ArrayList<>();

  /** All messages that were made, and under which topics. */
  private final Map<Timestamp, String> messages = new HashMap<>();

  private long millis = 1_795_219_619_331L;

  MovingSimulation(long seed, MovingNode.Flaw flaw) {
    random = new Random(seed);
    TableDefinition definition =
        Schema.parse(List.of(new Source("t.graphql", "type T @table { id: ID }")))
            .tables()
            .getFirst();
    for (int i = 0; i < NODES; i++) {
      int skewMillis = random.nextInt(50);
      HybridClock clock =
          new HybridClock(() -> Instant.ofEpochMilli(millis + skewMillis), 60_000, 0);
      Table table = new Table(definition, new MemoryTableStore(), clock, i + 1L);
      table.stableUntil(0); // another node may still come up with an older change
      nodes.add(new MovingNode(CHANNEL, table, random, flaw));
    }
    for (int i = 0; i < CLIENTS; i++) {
      MovingClient client = new MovingClient(oneOf(FILTERS));
      clients.add(client);
      move(client);
    }
  }

  /** Runs to the end; returns how often clients had to be told the rows once more. */
  int run() {
    for (int steps = 30 + random.nextInt(300); steps > 0; steps--) {
      step();
    }
    IntStream.range(0, NODES).forEach(i -> isCutOff[i] = false);
    settle();
    for (MovingClient client : clients) {
      client.assertHasAll(messagesTo(client));
      for (MovingNode node : nodes) {
        assertEquals(rows(node, client.filter()), client.rows());
      }
    }
    return clients.stream().mapToInt(MovingClient::resets).sum();
  }

  private void step() {
    millis += random.nextInt(3);
    MovingNode node = oneOf(nodes);
    switch (random.nextInt(30)) {
      case 0, 1, 2 -> write(node, 1 + random.nextInt(2));
      case 3, 4, 5, 6, 7, 8, 9, 10, 11 -> node.work();
      case 12, 13, 14, 15, 16, 17, 18, 19 -> node.answer();
      case 20, 21 ->
          replicate(random.nextInt(NODES), random.nextInt(NODES), 1 + random.nextInt(300));
      case 22, 23, 24 -> oneOf(clients).makeRoom(random.nextInt(10));
      case 25 -> oneOf(clients).takeCursor();
      case 26, 27 -> move(oneOf(clients));
      default -> disturb(node);
    }
  }

  private void disturb(MovingNode node) {
    switch (random.nextInt(24)) {
      case 0 -> write(node, Collections.nCopies(BURST, Write.message("e/f", json("{}"))));
      case 1, 2, 3 -> {
        VersionVector head = node.table().head().vector();
        if (nodes.stream().allMatch(other -> other.table().head().vector().covers(head))) {
          node.table().trim(Long.MAX_VALUE, 0);
        }
      }
      default -> {
        int i = random.nextInt(NODES);
        isCutOff[i] = !isCutOff[i];
      }
    }
  }

  private void write(MovingNode node, int count) {
    write(node, IntStream.range(0, count).mapToObj(i -> randomWrite()).toList());
  }

  private Write randomWrite() {
    String id = oneOf(IDS);
    int value = random.nextInt(100);
    return switch (random.nextInt(7)) {
      case 0, 1 -> Write.put(id, json("{\"a\":%d}".formatted(value)));
      case 2 -> Write.patch(id, json("{\"a\":%d}".formatted(value)));
      case 3 -> Write.patch(id, json("{\"b\":%d}".formatted(value)));
      case 4 -> Write.patch(id, json("{\"n\":{\"__op__\":\"add\",\"value\":1}}"));
      case 5 -> Write.delete(id);
      default -> Write.message(id, json("{\"m\":%d}".formatted(value)));
    };
  }

  private void write(MovingNode node, List<Write> writes) {
    List<Table.Request> requests =
        writes.stream().map(write -> new Table.Request(write, Condition.NONE)).toList();
    for (Entry entry : node.table().write(requests).entries()) {
      if (!entry.isOfRow()) {
        messages.put(entry.change().timestamp(), CHANNEL.topic(entry.id()));
      }
    }
  }

  private static Payload json(String text) {
    return Payload.json(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Lets a node have some of what another one knows; returns whether there was any. */
  private boolean replicate(int from, int to, int bytes) {
    if (from == to || isCutOff[from] || isCutOff[to]) {
      return false;
    }
    Table receiving = nodes.get(to).table();
    VersionVector known = receiving.head().vector();
    List<byte[]> pages = nodes.get(from).table().uncovered(known, bytes);
    assertNotNull(pages, "trimmed before all had it");
    return !pages.isEmpty() && receiving.receive(known, pages) != null;
  }

  private void move(MovingClient client) {
    client.come(oneOf(nodes), () -> messagesTo(client));
    client.makeRoom(random.nextInt(6));
  }

  private Set<Timestamp> messagesTo(MovingClient client) {
    return messages.entrySet().stream()
        .filter(message -> client.filter().matches(message.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static Map<String, String> rows(MovingNode node, TopicFilter filter) {
    Map<String, String> rows = new TreeMap<>();
    for (String id : IDS) {
      Row row = node.table().read(id);
      if (row != null && filter.matches(CHANNEL.topic(id))) {
        rows.put(id, new String(row.payload().bytes(), StandardCharsets.UTF_8));
      }
    }
    return rows;
  }

  /** Lets everything happen that is under way. */
  private void settle() {
    boolean isBusy = true;
    for (int turns = 0; isBusy; turns++) {
      assertTrue(turns < MANY_TURNS, "never comes to rest");
      isBusy = false;
      for (int i = 0; i < NODES; i++) {
        isBusy |= nodes.get(i).work();
        isBusy |= nodes.get(i).answer();
        isBusy |= replicate(i, (i + 1) % NODES, 500);
        isBusy |= replicate(i, (i + 2) % NODES, 500);
      }
      clients.forEach(client -> client.makeRoom(100));
    }
  }

  private <T> T oneOf(List<T> several) {
    return several.get(random.nextInt(several.size()));
  }
}
