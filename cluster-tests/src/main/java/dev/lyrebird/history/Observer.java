package dev.lyrebird.history;

import java.util.List;

/**
 * A subscriber to everything, and what it was told, in its order.
 *
 * @param node the node that it was subscribed at in the end
 */
public record Observer(String name, String node, Attendance attendance, List<Sighting> sightings) {

  public Observer {
    sightings = List.copyOf(sightings);
  }

  /** Whether {@code sent}, once acknowledged, must have been told to this observer. */
  boolean mustSee(Sent sent) {
    return switch (attendance) {
      case AT_ONE_NODE ->
          sent.kind() == Kind.MESSAGE || (sent.kind() == Kind.PUT && sent.node().equals(node));
      case AT_SEVERAL -> sent.kind() == Kind.MESSAGE;
      case INTERRUPTED -> false;
    };
  }
}
