package dev.lyrebird.apidoc;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of an AsyncAPI 3.0 document by the names of the specification, as far as a node's has
 * them. What is null or empty is left out.
 */
final class AsyncApi {

  private AsyncApi() {}

  record Document(
      String asyncapi,
      About info,
      String defaultContentType,
      Map<String, Server> servers,
      Map<String, Channel> channels,
      Map<String, Operation> operations,
      Components components) {}

  record About(String title, String version, String description) {}

  record Server(
      String host, String protocol, String description, Map<String, Variable> variables) {}

  record Variable(@JsonProperty("default") String preset, String description) {}

  /**
   * @param messages by names of the channel's own
   */
  record Channel(
      String address,
      String description,
      List<Reference> servers,
      Map<String, Parameter> parameters,
      Map<String, Reference> messages,
      @Nullable Bindings bindings) {}

  record Parameter(String description) {}

  /** What WebSockets and HTTP say beyond the specification itself. */
  record Bindings(@Nullable Request ws, @Nullable Request http) {}

  record Request(String method, JsonSchema query, String bindingVersion) {}

  record Operation(
      Action action, Reference channel, @Nullable Bindings bindings, List<Reference> messages) {}

  /** What the node does. */
  enum Action {
    @JsonProperty("send")
    SEND,
    @JsonProperty("receive")
    RECEIVE
  }

  record Message(String summary, String contentType, JsonSchema payload) {}

  record Components(Map<String, JsonSchema> schemas, Map<String, Message> messages) {}
}
