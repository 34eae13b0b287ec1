package dev.lyrebird.mqtt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When wills fall due of which this node keeps the sessions. The wills themselves stand in the rows
 * of their sessions, and the rows decide whether they are still to be published.
 *
 * <p>One for the whole node; any thread may call. No longer than there are client ids.
 */
public final class PendingWills {

  private final Map<String, Long> dueAtMillis = new ConcurrentHashMap<>();

  /** Has the row of a client looked at again when its will falls due. */
  void await(String clientId, long atMillis) {
    dueAtMillis.put(clientId, atMillis);
  }

  /** Takes out whose wills are due. */
  List<String> due(long nowMillis) {
    List<String> due = new ArrayList<>();
    dueAtMillis.forEach((clientId, at) -> {
      if (at <= nowMillis && dueAtMillis.remove(clientId, at)) {
        due.add(clientId);
      }
    });
    return due;
  }
}
