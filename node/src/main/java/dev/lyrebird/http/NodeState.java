package dev.lyrebird.http;

import java.util.List;

/**
 * What a node says of itself on its operations port.
 *
 * @param name of the node
 * @param version of the program
 * @param httpPort where it serves REST, WebSocket and Server-Sent Events
 * @param mqttPort where it serves MQTT
 * @param faults what keeps it from its work, in words for the operator; empty while it is healthy
 */
public record NodeState(
    String name, String version, int httpPort, int mqttPort, List<String> faults) {

  public NodeState {
    faults = List.copyOf(faults);
  }
}
