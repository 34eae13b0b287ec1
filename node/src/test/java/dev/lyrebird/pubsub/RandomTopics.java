package dev.lyrebird.pubsub;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws topics and filters of so few different levels that they often match. */
public final class RandomTopics {
  /** The key of a row may have a character in it that is a wildcard of MQTT. */
  private static final List<String> LEVELS = List.of("a", "b", "", "$c", "+");

  private static final List<String> WILD = List.of("a", "b", "", "+", "+");

  private final Random random;

  public RandomTopics(Random random) {
    this.random = random;
  }

  /** Returns a topic of one to four levels. */
  public String topic() {
    String topic = levels(LEVELS);
    return topic.isEmpty() ? topic() : topic;
  }

  /** Returns a filter of any kind. */
  public TopicFilter filter() {
    return switch (random.nextInt(3)) {
      case 0 -> TopicFilter.topic(topic());
      case 1 -> TopicFilter.below(topic());
      default -> mqtt();
    };
  }

  private TopicFilter mqtt() {
    String levels = levels(WILD);
    if (levels.isEmpty()) {
      return TopicFilter.of("#");
    }
    return TopicFilter.of(random.nextBoolean() ? levels + "/#" : levels);
  }

  private String levels(List<String> choice) {
    return IntStream.rangeClosed(0, random.nextInt(4))
        .mapToObj(i -> choice.get(random.nextInt(choice.size())))
        .collect(Collectors.joining("/"));
  }
}
