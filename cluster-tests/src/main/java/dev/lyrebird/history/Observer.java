package dev.lyrebird.history;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * A subscriber, and what it was told, in its order.
 *
 * @param node the node that it was subscribed at in the end
 */
public record Observer(
    String name, String node, Attendance attendance, Interest interest, List<Sighting> sightings) {

  public Observer {
    sightings = List.copyOf(sightings);
  }

  /** A subscriber to everything. */
  public Observer(String name, String node, Attendance attendance, List<Sighting> sightings) {
    this(name, node, attendance, Interest.EVERYTHING_ONCE, sightings);
  }

  /**
   * What it was told, where order is judged: of what may be repeated, the first time each. A
   * repetition goes back to where it begins ([MQTT-4.6.0-1] binds the first sending).
   */
  List<Sighting> inOrder() {
    return interest.mayRepeat() ? List.copyOf(new LinkedHashSet<>(sightings)) : sightings;
  }

  /**
   * Whether {@code sent}, once acknowledged, must have been told to this observer.
   *
   * @param isOnlyChange whether nobody else wrote to that row: it wins wherever it comes
   */
  boolean mustSee(Sent sent, boolean isOnlyChange) {
    return interest.covers(sent.topic())
        && switch (attendance) {
          case AT_ONE_NODE ->
              sent.kind() == Kind.MESSAGE
                  || (sent.kind() == Kind.PUT && (isOnlyChange || sent.node().equals(node)));
          case AT_SEVERAL ->
              sent.kind() == Kind.MESSAGE || (sent.kind() == Kind.PUT && isOnlyChange);
          case INTERRUPTED -> false;
        };
  }
}
