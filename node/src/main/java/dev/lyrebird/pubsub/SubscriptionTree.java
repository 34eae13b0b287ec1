package dev.lyrebird.pubsub;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one event loop by the levels of their filters: a topic is looked up in the
 * number of its levels, not in the number of subscriptions. Owned by that loop.
 *
 * @param <T> what is kept at a filter
 */
final class SubscriptionTree<T> {

  private final Node<T> root = new Node<>();

  /** What ends at a level, and what goes on below it. */
  private static final class Node<T> {
    final Map<String, Node<T>> children = new HashMap<>();
    @Nullable Node<T> anyLevel;

    /** Filters that end here. */
    final List<T> here = new ArrayList<>(1);

    /** MQTT filters that end in {@code #} behind this level: they match this level too. */
    final List<T> hereAndBelow = new ArrayList<>(1);

    /** Filters of everything below this level. */
    final List<T> below = new ArrayList<>(1);

    boolean isEmpty() {
      return children.isEmpty()
          && anyLevel == null
          && here.isEmpty()
          && hereAndBelow.isEmpty()
          && below.isEmpty();
    }
  }

  void add(TopicFilter filter, T value) {
    Node<T> node = root;
    for (String level : levels(filter)) {
      if (isAnyLevel(filter, level)) {
        Node<T> any = node.anyLevel;
        if (any == null) {
          any = new Node<>();
          node.anyLevel = any;
        }
        node = any;
      } else {
        node = node.children.computeIfAbsent(level, l -> new Node<>());
      }
    }
    ending(node, filter).add(value);
  }

  void remove(TopicFilter filter, T value) {
    remove(root, filter, levels(filter), 0, value);
  }

  private static <T> void remove(
      Node<T> node, TopicFilter filter, List<String> levels, int depth, T value) {
    if (depth == levels.size()) {
      ending(node, filter).remove(value);
      return;
    }
    String level = levels.get(depth);
    boolean any = isAnyLevel(filter, level);
    Node<T> next = any ? node.anyLevel : node.children.get(level);
    if (next == null) {
      return;
    }
    remove(next, filter, levels, depth + 1, value);
    if (next.isEmpty()) {
      if (any) {
        node.anyLevel = null;
      } else {
        node.children.remove(level);
      }
    }
  }

  boolean isEmpty() {
    return root.isEmpty();
  }

  /** Calls the action for everything whose filter matches the topic. */
  void match(String topic, Consumer<? super T> action) {
    root.below.forEach(action);
    boolean hidden = topic.startsWith("$"); // [MQTT-4.7.2-1]
    if (!hidden) {
      root.hereAndBelow.forEach(action);
    }
    match(root, topic, 0, hidden, action);
  }

  private static <T> void match(
      Node<T> node, String topic, int from, boolean hidden, Consumer<? super T> action) {
    int slash = topic.indexOf('/', from);
    String level = slash < 0 ? topic.substring(from) : topic.substring(from, slash);
    Node<T> child = node.children.get(level);
    if (child != null) {
      descend(child, topic, slash, action);
    }
    if (node.anyLevel != null && !hidden) {
      descend(node.anyLevel, topic, slash, action);
    }
  }

  private static <T> void descend(
      Node<T> node, String topic, int slash, Consumer<? super T> action) {
    node.hereAndBelow.forEach(action);
    if (slash < 0) {
      node.here.forEach(action);
      return;
    }
    if (slash + 1 < topic.length()) {
      node.below.forEach(action);
    }
    match(node, topic, slash + 1, false, action);
  }

  private static <T> List<T> ending(Node<T> node, TopicFilter filter) {
    return switch (filter.kind()) {
      case TOPIC -> node.here;
      case MQTT -> filter.isOpenEnded() ? node.hereAndBelow : node.here;
      case BELOW -> node.below;
    };
  }

  private static boolean isAnyLevel(TopicFilter filter, String level) {
    return filter.kind() == TopicFilter.Kind.MQTT && level.equals("+");
  }

  /** The levels of a filter without the {@code #} at its end. */
  private static List<String> levels(TopicFilter filter) {
    String text = filter.text();
    List<String> levels = new ArrayList<>();
    int from = 0;
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', from)) {
      levels.add(text.substring(from, slash));
      from = slash + 1;
    }
    if (!filter.isOpenEnded()) {
      levels.add(text.substring(from));
    }
    return levels;
  }
}
