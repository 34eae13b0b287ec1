package dev.lyrebird.api;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What answers behind a path. */
public sealed interface Endpoint {

  /** Returns the calls that it takes. */
  Set<Call> calls();

  /** Returns the limits that the code has by itself. */
  Limits limits();

  /** Returns whether a client may. */
  boolean allows(Action action, Context context) throws Exception;

  /** Code that is called for whatever a client wants. */
  record ByResource(Resource resource, Set<Call> calls) implements Endpoint {

    ByResource(Resource resource) {
      this(resource, Call.takenBy(resource));
    }

    @Override
    public Limits limits() {
      return resource.limits();
    }

    @Override
    public boolean allows(Action action, Context context) throws Exception {
      return resource.allows(action, context);
    }
  }

  /** Code that is called for what happens on a connection. */
  record ByHandler<D extends @Nullable Object>(ConnectionHandler<D> handler) implements Endpoint {

    @Override
    public Set<Call> calls() {
      return Set.of(Call.CONNECT);
    }

    @Override
    public Limits limits() {
      return handler.limits();
    }

    @Override
    public boolean allows(Action action, Context context) throws Exception {
      return handler.allows(action, context);
    }
  }
}
