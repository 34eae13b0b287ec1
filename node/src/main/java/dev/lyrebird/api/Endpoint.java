package dev.lyrebird.api;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What answers behind a path.
 *
 * @param resource what answers calls, and serves the connections where no handler does
 * @param calls what is taken
 * @param handler what serves the connections, or null
 */
public record Endpoint(Resource resource, Set<Call> calls, @Nullable ConnectionHandler<?> handler) {

  /** Returns the limits that the code has by itself. */
  Limits limits() {
    return handler == null ? resource.limits() : handler.limits();
  }
}
