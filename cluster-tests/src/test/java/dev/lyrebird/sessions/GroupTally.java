package dev.lyrebird.sessions;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import dev.lyrebird.history.Sent;
import dev.lyrebird.history.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** To which clients of one group each message came. Any thread may call. */
final class GroupTally {

  private final String name;
  private final Map<Write, List<String>> clients = new ConcurrentHashMap<>();

  GroupTally(String name) {
    this.name = name;
  }

  /** The name under which its clients share their subscriptions. */
  String name() {
    return name;
  }

  /** A message came to a client. */
  void note(Write write, String client) {
    clients.computeIfAbsent(write, fresh -> new CopyOnWriteArrayList<>()).add(client);
  }

  /** How many different messages came. */
  int distinct() {
    return clients.size();
  }

  /** How many messages came, those that came again included. */
  long told() {
    return clients.values().stream().mapToLong(List::size).sum();
  }

  /** How many came to each client. */
  Map<String, Long> shares() {
    return clients.values().stream()
        .flatMap(List::stream)
        .collect(Collectors.groupingBy(client -> client, Collectors.counting()));
  }

  /** What should not be: messages that came to nobody, and such of QoS 2 that came twice. */
  List<String> faults(Collection<Sent> sent) {
    return sent.stream().flatMap(this::fault).toList();
  }

  private Stream<String> fault(Sent sent) {
    List<String> to = clients.getOrDefault(sent.write(), List.of());
    boolean isOnce = Topics.qos(sent.topic()) == MqttQos.EXACTLY_ONCE;
    boolean isRight = isOnce ? to.size() == 1 : !to.isEmpty();
    return isRight
        ? Stream.empty()
        : Stream.of("%s of %s came to %s of %s".formatted(sent.write(), sent.topic(), to, name));
  }
}
