package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.AsyncApi.Action;
import dev.lyrebird.apidoc.AsyncApi.Bindings;
import dev.lyrebird.apidoc.AsyncApi.Channel;
import dev.lyrebird.apidoc.AsyncApi.Operation;
import dev.lyrebird.apidoc.AsyncApi.Parameter;
import dev.lyrebird.apidoc.AsyncApi.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node and its clients tell one another at one address: a channel of an AsyncAPI document,
 * and the operations on it.
 *
 * @param name of the channel, unique in the document
 * @param parameters of the address, each with its meaning
 * @param servers by which it is reached
 * @param told names of the messages that the node sends
 * @param taken names of those that it receives; may be empty
 */
record Conversation(
    String name,
    String address,
    String description,
    Map<String, String> parameters,
    List<NodeServer> servers,
    List<String> told,
    List<String> taken) {

  private static final String WEB_SOCKET_BINDING = "0.1.0";
  private static final String HTTP_BINDING = "0.3.0";

  Channel channel() {
    Map<String, Parameter> described = new LinkedHashMap<>();
    parameters.forEach((parameter, meaning) -> described.put(parameter, new Parameter(meaning)));
    Map<String, Reference> messages = new LinkedHashMap<>();
    Stream.concat(told.stream(), taken.stream())
        .forEach(message -> messages.put(message, reference("components", "messages", message)));
    return new Channel(
        address,
        description,
        servers.stream().map(server -> reference("servers", server.component())).toList(),
        described,
        messages,
        servers.contains(NodeServer.WEB_SOCKET)
            ? new Bindings(request(WEB_SOCKET_BINDING), null)
            : null);
  }

  /** Adds what is done on the channel. */
  void addTo(Map<String, Operation> operations) {
    Bindings bindings =
        servers.contains(NodeServer.EVENTS) ? new Bindings(null, request(HTTP_BINDING)) : null;
    operations.put("tell_" + name, operation(Action.SEND, told, bindings));
    if (!taken.isEmpty()) {
      operations.put("take_" + name, operation(Action.RECEIVE, taken, null));
    }
  }

  private Operation operation(Action action, List<String> messages, @Nullable Bindings bindings) {
    return new Operation(
        action,
        reference("channels", name),
        bindings,
        messages.stream()
            .map(message -> reference("channels", name, "messages", message))
            .toList());
  }

  private static Request request(String bindingVersion) {
    JsonSchema query = JsonSchema.object().says(QueryLanguage.CONDITIONS);
    for (CommonParameter parameter : CommonParameter.OF_STREAMS) {
      query.property(parameter.parameterName(), parameter.schema().says(parameter.description()));
    }
    return new Request("GET", query, bindingVersion);
  }

  private static Reference reference(String... steps) {
    return new Reference("#/" + String.join("/", steps));
  }
}
