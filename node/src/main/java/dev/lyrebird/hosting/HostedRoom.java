package dev.lyrebird.hosting;

import dev.lyrebird.api.Message;
import dev.lyrebird.api.Room;
import org.jspecify.annotations.Nullable;

/**
 * The name of a room, and the way to whoever is in it.
 *
 * @param label its name, or null for the room that all connections of the route are in
 */
record HostedRoom(HostedRoute route, @Nullable String label) implements Room {

  @Override
  public String name() {
    return label == null ? "" : label;
  }

  @Override
  public void broadcast(@Nullable Object message) {
    Sent sent = new Sent(Message.of(message));
    route.tell(label, sent); // which waits: so other nodes are not flooded either
    route.tellOtherNodes(label, sent.message());
  }

  @Override
  public void broadcastHere(@Nullable Object message) {
    route.tell(label, new Sent(Message.of(message)));
  }

  @Override
  public int size() {
    return route.members(label);
  }
}
