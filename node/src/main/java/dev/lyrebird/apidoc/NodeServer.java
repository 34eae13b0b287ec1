package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.AsyncApi.Server;
import dev.lyrebird.apidoc.AsyncApi.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The ways to a node's channels. */
enum NodeServer {
  MQTT("mqtt", "MQTT 3.1, 3.1.1 and 5.0."),
  WEB_SOCKET(
      "ws", "WebSocket: a frame is one message, text or in the format that Accept asks for."),
  EVENTS("http", "Server-Sent Events: the data of an event is one message, its id the cursor.");

  /** By any of these a stream is followed. */
  static final List<NodeServer> STREAMS = List.of(WEB_SOCKET, EVENTS);

  private final String protocol;
  private final String description;

  NodeServer(String protocol, String description) {
    this.protocol = protocol;
    this.description = description;
  }

  String component() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Server server(Offer offer) {
    Offer.Address address =
        switch (this) {
          case MQTT -> offer.mqtt();
          case WEB_SOCKET, EVENTS -> offer.http();
        };
    Map<String, Variable> variables = new LinkedHashMap<>();
    variables.put("host", new Variable(address.host(), "The host of the node."));
    String port = address.port() == 0 ? "" : Integer.toString(address.port());
    variables.put("port", new Variable(port, "The port, as the node tells at its start."));
    return new Server("{host}:{port}", protocol, description, variables);
  }
}
