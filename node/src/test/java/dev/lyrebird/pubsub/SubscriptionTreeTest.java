package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tree finds what {@link TopicFilter#matches} finds one by one. */
final class SubscriptionTreeTest {
  private static final int TREES = 200;
  private static final int STEPS = 60;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomTopics topics = new RandomTopics(random);

  private record Kept(TopicFilter filter, int number) {}

  @Test
  void findsWhatMatchesAndKeepsNothingThatWasRemoved() {
    for (int i = 0; i < TREES; i++) {
      SubscriptionTree<Kept> tree = new SubscriptionTree<>();
      List<Kept> kept = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(3) > 0 || kept.isEmpty()) {
          Kept added = new Kept(topics.filter(), step);
          tree.add(added.filter(), added);
          kept.add(added);
        } else {
          remove(tree, kept);
        }
        assertMatches(tree, kept, topics.topic());
      }
      while (!kept.isEmpty()) {
        remove(tree, kept);
        assertMatches(tree, kept, topics.topic());
      }
      assertTrue(tree.isEmpty(), this::replay);
    }
  }

  @Test
  void removingWhatIsNotThereDoesNothing() {
    SubscriptionTree<Kept> tree = new SubscriptionTree<>();
    Kept kept = new Kept(TopicFilter.of("a/+/b"), 1);
    tree.remove(kept.filter(), kept);
    tree.add(kept.filter(), kept);
    tree.remove(kept.filter(), new Kept(kept.filter(), 2));
    tree.remove(TopicFilter.of("a/+"), kept);
    tree.remove(TopicFilter.of("a/+/b/c"), kept);
    assertMatches(tree, List.of(kept), "a/x/b");
  }

  private void remove(SubscriptionTree<Kept> tree, List<Kept> kept) {
    Kept removed = kept.remove(random.nextInt(kept.size()));
    tree.remove(removed.filter(), removed);
  }

  private void assertMatches(SubscriptionTree<Kept> tree, List<Kept> kept, String topic) {
    List<Integer> expected =
        kept.stream()
            .filter(one -> one.filter().matches(topic))
            .map(Kept::number)
            .sorted()
            .toList();
    List<Integer> found = new ArrayList<>();
    tree.match(topic, one -> found.add(one.number()));
    found.sort(null);
    assertEquals(expected, found, () -> replay() + ": " + topic + " among " + kept);
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
