package dev.lyrebird.api;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The methods of a {@link Resource} that answer clients. */
@SuppressWarnings("ImmutableEnumChecker") // nobody is handed the array
public enum Call {
  GET(Action.READ, Context.class),
  PUT(Action.UPDATE, Message.class, Context.class),
  PATCH(Action.UPDATE, Message.class, Context.class),
  POST(Action.INSERT, Message.class, Context.class),
  DELETE(Action.DELETE, Context.class),
  PUBLISH(Action.PUBLISH, Message.class, Context.class),
  CONNECT(Action.SUBSCRIBE, IncomingMessages.class, Context.class);

  private final Action action;
  private final Class<?>[] parameters;

  Call(Action action, Class<?>... parameters) {
    this.action = action;
    this.parameters = parameters;
  }

  /** Returns what a client has to be allowed for it. */
  public Action action() {
    return action;
  }

  /** Returns the calls that a resource takes: those that it does not leave as they are. */
  static Set<Call> takenBy(Resource resource) {
    Set<Call> taken = EnumSet.noneOf(Call.class);
    for (Call call : values()) {
      if (overrides(resource, call.name().toLowerCase(Locale.ROOT), call.parameters)) {
        taken.add(call);
      }
    }
    if (overrides(resource, "subscribe", Context.class)) {
      taken.add(CONNECT);
    }
    return Collections.unmodifiableSet(taken);
  }

  private static boolean overrides(Resource resource, String method, Class<?>... parameters) {
    try {
      return resource.getClass().getMethod(method, parameters).getDeclaringClass()
          != Resource.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("every resource has a method " + method, e);
    }
  }
}
