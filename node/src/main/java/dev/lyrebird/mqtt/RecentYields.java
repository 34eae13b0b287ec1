package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * To which claims of other nodes ids went a moment ago: an earlier claim whose question comes only
 * now has to let that one pass, for there is nothing left to hand it. Pure; part of {@link Claims}.
 */
final class RecentYields {

  /** The latest at the end. */
  private final Map<String, Yield> yields = new LinkedHashMap<>();

  private record Yield(Timestamp stamp, long at) {}

  void note(String clientId, Timestamp stamp, long now) {
    yields.remove(clientId);
    yields.put(clientId, new Yield(stamp, now));
  }

  /** Returns by which claim the id was taken, or {@link Timestamp#NONE}. */
  Timestamp stamp(String clientId) {
    Yield yield = yields.get(clientId);
    return yield == null ? Timestamp.NONE : yield.stamp();
  }

  /** Forgets what was before that. */
  void forget(long before) {
    yields.values().removeIf(yield -> yield.at() < before);
  }
}
