package dev.lyrebird.hosting;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of its route that a connection is in.
 *
 * <p>Guarded by this object, so that a room and this one agree whichever threads enter and leave at
 * once. Its lock is taken before that of a room.
 */
final class EnteredRooms {

  private final HostedConnection connection;
  private @Nullable Set<String> names;
  private boolean hasEnded;

  EnteredRooms(HostedConnection connection) {
    this.connection = connection;
  }

  /** Enters a room, unless the connection has ended. */
  synchronized void enter(String name) {
    if (hasEnded) {
      return;
    }
    if (names == null) {
      names = new LinkedHashSet<>(2);
    }
    if (names.add(name)) {
      connection.route().enter(name, connection);
    }
  }

  synchronized void leave(String name) {
    if (names != null && names.remove(name)) {
      connection.route().leave(name, connection);
    }
  }

  /** Leaves all, and enters none any more: the connection has ended. */
  synchronized void end() {
    hasEnded = true;
    if (names != null) {
      names.forEach(name -> connection.route().leave(name, connection));
      names = null;
    }
  }

  synchronized int size() {
    return names == null ? 0 : names.size();
  }
}
