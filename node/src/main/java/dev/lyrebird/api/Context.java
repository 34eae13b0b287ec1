package dev.lyrebird.api;

import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * With what a client came: who, where, how; and what the node offers to the code that serves it.
 * Immutable. Any thread may call.
 */
public interface Context {

  /** Returns by what the client speaks. */
  Protocol protocol();

  /** Returns who the client has proved to be; null where it is nobody in particular. */
  @Nullable String user();

  /** Returns the address of the client. */
  String remoteAddress();

  /** Returns the whole path, decoded, without its first slash; over MQTT the topic. */
  String path();

  /** Returns the parts of the path that the route's pattern names. */
  Map<String, String> parameters();

  /**
   * Returns a part of the path that the route's pattern names.
   *
   * @throws IllegalArgumentException where the pattern names no such part
   */
  default String parameter(String name) {
    String value = parameters().get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "the path has no parameter %s; it has %s".formatted(name, parameters().keySet()));
    }
    return value;
  }

  /** Returns the values of the query by their names, decoded, in their order. */
  Map<String, List<String>> query();

  /** Returns the query as it stands in the URL behind the {@code ?}, not decoded; else empty. */
  String queryText();

  /** Returns the first value of that name in the query, or null. */
  default @Nullable String query(String name) {
    List<String> values = query().get(name);
    return values == null ? null : values.getFirst();
  }

  /**
   * Returns a header field of the request, by its name in any case, or null. Of MQTT 5 that is a
   * User Property of the packet that has led here, or else of CONNECT; older versions have none.
   */
  @Nullable String header(String name);

  /**
   * Returns the room of that name on the route behind the path: with {@link Room#broadcast} a call
   * reaches those who are connected there.
   */
  Room room(String name);

  /** Returns the room that all connections of the route are in. Nobody enters or leaves it. */
  Room everybody();

  /** Returns the tables of the node. */
  Tables tables();

  /** Returns a client for HTTP to other servers. To wait for its answers holds up nobody. */
  HttpClient http();
}
