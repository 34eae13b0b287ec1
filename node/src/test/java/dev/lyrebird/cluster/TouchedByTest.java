package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.RandomTopics;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.schema.Export;
import dev.lyrebird.schema.Key;
import dev.lyrebird.schema.KeyType;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.SystemTables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.TableOptions;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Which tables a filter concerns, against an oracle that asks topic by topic. */
final class TouchedByTest {
  private static final int SCHEMAS = 150;
  private static final int CASES = 300;
  private static final Set<Protocol> ALL = Set.of(Protocol.values());

  private static final Vertx VERTX = Vertx.vertx();

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomTopics topics = new RandomTopics(random);

  @AfterAll
  static void close() {
    VERTX.close();
  }

  @Test
  void whereATopicMatchesItsTableIsTouched() {
    for (int i = 0; i < SCHEMAS; i++) {
      List<TableDefinition> tables = tables();
      TableClient client = client("loop." + i, tables);
      for (int j = 0; j < CASES; j++) {
        String topic = topics.topic();
        TopicFilter filter = topics.filter();
        TableDefinition owner = owner(tables, topic);
        if (owner != null && filter.matches(topic)) {
          check(client, owner, topic, filter);
        }
      }
    }
  }

  private void check(TableClient client, TableDefinition owner, String topic, TopicFilter filter) {
    int index = client.indexOf(owner);
    Channel channel = TableClient.channel(owner);
    for (Protocol protocol : Protocol.values()) {
      int[] touched = client.touchedBy(filter, protocol);
      boolean found = Arrays.stream(touched).anyMatch(table -> table == index);
      assertTrue(
          found == owner.isExportedOn(protocol),
          () ->
              "-Dseed=%d: %s matches %s of table %s, not among %s"
                  .formatted(seed, filter, topic, owner.table(), Arrays.toString(touched)));
      assertTrue(channel.id(topic).startsWith(channel.idPrefix(filter)), () -> "-Dseed=" + seed);
    }
  }

  /** What no subscriber can want need not be fed to its loop. */
  @Test
  void theRootTableIsLeftOutWhereAnotherTakesAll() {
    TableClient client =
        client("loop.few", List.of(table("", ALL), table("a", ALL), table("a/b", ALL)));
    assertArrayEquals(new int[] {1, 2}, client.touchedBy(TopicFilter.of("a/+/c"), Protocol.MQTT));
    assertArrayEquals(new int[] {0, 1, 2}, client.touchedBy(TopicFilter.of("a/#"), Protocol.MQTT));
    assertArrayEquals(new int[] {0, 1}, client.touchedBy(TopicFilter.of("a/+"), Protocol.MQTT));
    assertArrayEquals(new int[] {1, 2}, client.touchedBy(TopicFilter.below("a"), Protocol.SSE));
    assertArrayEquals(new int[] {0}, client.touchedBy(TopicFilter.topic("a"), Protocol.MQTT));
    assertArrayEquals(new int[] {0}, client.touchedBy(TopicFilter.of("b/#"), Protocol.MQTT));
  }

  @Test
  void noFilterTouchesASystemTable() {
    TableClient client =
        client("loop.system", List.of(table("", ALL), SystemTables.SESSIONS, table("a", ALL)));
    for (String filter : List.of("#", "system/$sessions/#", "$sessions/#", "+/+/+")) {
      for (Protocol protocol : Protocol.values()) {
        int[] touched = client.touchedBy(TopicFilter.of(filter), protocol);
        assertTrue(
            Arrays.stream(touched).noneMatch(table -> table == client.indexOf(client.sessions())),
            filter);
      }
    }
    assertEquals(2, client.exports().tables().size());
  }

  private static TableClient client(String loop, List<TableDefinition> tables) {
    return new TableClient(
        VERTX.getOrCreateContext(), VERTX.eventBus(), loop, tables, 0, () -> "id");
  }

  /**
   * The table of the longest export below whose path the topic lies; the root table has the rest.
   */
  private static @Nullable TableDefinition owner(List<TableDefinition> tables, String topic) {
    return tables.stream()
        .filter(table ->
            table.table().isEmpty()
                ? !topic.isEmpty()
                : topic.startsWith(table.table() + '/')
                    && topic.length() > table.table().length() + 1)
        .max(Comparator.comparingInt(table -> table.table().length()))
        .orElse(null);
  }

  private List<TableDefinition> tables() {
    Set<String> paths = new TreeSet<>(List.of("a"));
    for (int i = random.nextInt(4); i >= 0; i--) {
      paths.add(
          String.join(
              "/", List.of("a", "b", "a").subList(random.nextInt(2), 2 + random.nextInt(2))));
    }
    if (random.nextInt(4) > 0) {
      paths.add("");
    }
    return paths.stream()
        .map(path -> table(path, random.nextBoolean() ? ALL : Set.of(Protocol.SSE)))
        .toList();
  }

  private static TableDefinition table(String path, Set<Protocol> protocols) {
    return new TableDefinition(
        "T",
        "",
        "data",
        path,
        new Export(path, protocols),
        new Key("id", KeyType.ID),
        List.of(),
        false,
        TableOptions.DEFAULTS);
  }
}
