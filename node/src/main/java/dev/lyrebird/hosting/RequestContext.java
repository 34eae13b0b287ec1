package dev.lyrebird.hosting;

import dev.lyrebird.api.Context;
import dev.lyrebird.api.Protocol;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * With what a client came.
 *
 * @param client returns the client for HTTP, which is made when it is first asked for
 */
public record RequestContext(
    Protocol protocol,
    @Nullable String user,
    String remoteAddress,
    String path,
    Map<String, String> parameters,
    Map<String, List<String>> query,
    Headers headers,
    Supplier<HttpClient> client)
    implements Context {

  /** The header fields of a request. */
  @FunctionalInterface
  public interface Headers {

    /** Returns the value of a field by its name, in any case, or null. */
    @Nullable String get(String name);
  }

  @Override
  public HttpClient http() {
    return client.get();
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
