package dev.lyrebird.hosting;

import dev.lyrebird.api.Context;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Room;
import dev.lyrebird.api.Tables;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * With what a client came.
 *
 * @param match the route behind the path
 * @param queryText the query as it stands in the URL, or empty
 * @param node what it offers
 */
public record RequestContext(
    Protocol protocol,
    @Nullable String user,
    String remoteAddress,
    String path,
    Host.Match match,
    Map<String, List<String>> query,
    Headers headers,
    String queryText,
    Facilities node)
    implements Context {

  @Override
  public Map<String, String> parameters() {
    return match.parameters();
  }

  @Override
  public Room room(String name) {
    return match.route().room(name);
  }

  @Override
  public Room everybody() {
    return match.route().room(null);
  }

  @Override
  public Tables tables() {
    return node.tables();
  }

  /** The header fields of a request. */
  @FunctionalInterface
  public interface Headers {

    /** Returns the value of a field by its name, in any case, or null. */
    @Nullable String get(String name);
  }

  @Override
  public HttpClient http() {
    return node.http().get();
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
