package dev.lyrebird.hosting;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is in a room on this node. Guarded by this object, so that all hear everything in one order;
 * its lock is taken before that of a connection.
 */
final class Members {

  private final Set<HostedConnection> members = new LinkedHashSet<>();

  /**
   * Sends a message to all of them, and waits until there is room at each. So much may wait for one
   * that threads which tell several rooms at once each add a message beyond what may wait.
   */
  void tell(Sent sent) {
    List<HostedConnection> full = tellUnlessFull(sent);
    while (!full.isEmpty()) {
      full.forEach(HostedConnection::makeRoom);
      full = tellUnlessFull(sent);
    }
  }

  /** Sends a message to all, or to none while there are any without room: returns those. */
  private synchronized List<HostedConnection> tellUnlessFull(Sent sent) {
    List<HostedConnection> full = members.stream().filter(HostedConnection::isFull).toList();
    if (full.isEmpty()) {
      members.forEach(member -> member.tell(sent));
    }
    return full;
  }

  /** Sends a message to all of them at once; those for whom too much waits already are closed. */
  void tellAtOnce(Sent sent) {
    List<HostedConnection> slow = new ArrayList<>(0);
    synchronized (this) {
      for (HostedConnection member : members) {
        if (member.isTooSlowFor(sent)) {
          slow.add(member);
        }
      }
    }
    slow.forEach(HostedConnection::endSlow);
  }

  synchronized void add(HostedConnection member) {
    members.add(member);
  }

  synchronized void remove(HostedConnection member) {
    members.remove(member);
  }

  synchronized int size() {
    return members.size();
  }
}
