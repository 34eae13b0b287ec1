package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Topics and ids of a table, and which of them a filter may want. */
final class ChannelTest {
  private static final int CASES = 50_000;
  private static final List<String> PATHS = List.of("", "a", "b", "a/b", "a/b/a");

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomTopics topics = new RandomTopics(random);

  @Test
  void whatMatchesIsLookedForAndFound() {
    for (int i = 0; i < CASES; i++) {
      Channel channel = new Channel(PATHS.get(random.nextInt(PATHS.size())), 0);
      String id = topics.topic();
      String topic = channel.topic(id);
      TopicFilter filter = topics.filter();
      assertEquals(id, channel.id(topic), this::replay);
      if (filter.matches(topic)) {
        assertTrue(
            channel.mayMatch(filter) && id.startsWith(channel.idPrefix(filter)),
            () -> "%s: %s of %s by %s".formatted(replay(), topic, channel, filter));
      }
    }
  }

  @Test
  void belowAPathIsWhatGoesOnBehindIt() {
    for (int i = 0; i < CASES; i++) {
      Channel channel = new Channel(PATHS.get(random.nextInt(PATHS.size())), 0);
      String prefix = random.nextInt(3) == 0 ? "" : topics.topic() + '/';
      TopicFilter below = channel.below(prefix);
      String id = random.nextBoolean() ? topics.topic() : prefix + topics.topic();
      assertEquals(
          id.startsWith(prefix) && id.length() > prefix.length(),
          below.matches(channel.topic(id)),
          () -> "%s: %s below %s of %s".formatted(replay(), id, prefix, channel));
      assertEquals(prefix, channel.idPrefix(below), this::replay);
    }
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
