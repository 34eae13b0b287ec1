package dev.lyrebird.mqtt;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who holds which client id: one connection at a time, the one that came last. A newcomer is let in
 * once the holder before it is gone, will and all ([MQTT-3.1.4-3]).
 *
 * <p>One for the whole node; any thread may call.
 */
public final class ClientIds {

  private final ConcurrentMap<String, Holder> holders = new ConcurrentHashMap<>();

  /** Who holds a client id, or waits for it. */
  interface Holder {

    /**
     * Another claims the id. May be called by any thread.
     *
     * @param gone to be called, by any thread, once this holder does nothing more under the id
     */
    void makeWay(Runnable gone);
  }

  /**
   * Claims an id.
   *
   * @param granted called by any thread, perhaps before this method returns, when nobody else holds
   *     the id any more; another may have claimed it meanwhile, and then was told to the claimant
   */
  void claim(String clientId, Holder claimant, Runnable granted) {
    Holder holder = holders.put(clientId, claimant);
    if (holder == null) {
      granted.run();
    } else {
      holder.makeWay(granted);
    }
  }

  /** Gives an id back, unless another has claimed it meanwhile. */
  void release(String clientId, Holder holder) {
    holders.remove(clientId, holder);
  }
}
