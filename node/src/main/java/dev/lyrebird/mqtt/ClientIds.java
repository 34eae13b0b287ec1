package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which client id: one connection at a time, the one that came last. A newcomer is let in
 * once the holder before it is gone, will and all ([MQTT-3.1.4-3]).
 *
 * <p>One for the whole node; any thread may call.
 */
public final class ClientIds {

  private final ConcurrentMap<String, Holder> holders = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  /** Who holds a client id, or waits for it. */
  interface Holder {

    /**
     * Another claims the id. May be called by any thread.
     *
     * @param gone to be called, by any thread, once this holder does nothing more under the id;
     *     takes what its session is, or null where that ended
     */
    void makeWay(Consumer<@Nullable SessionState> gone);
  }

  /**
   * That a claim is granted.
   *
   * @param stamp of the claim
   * @param handedOver what the holder before has left; null where the row of the session tells
   */
  record Granted(Timestamp stamp, @Nullable SessionState handedOver) {}

  /**
   * Claims an id.
   *
   * @param granted called by any thread, perhaps before this method returns, when nobody else holds
   *     the id any more; another may have claimed it meanwhile, and then was told to the claimant
   */
  void claim(String clientId, Holder claimant, Consumer<Granted> granted) {
    Timestamp stamp = new Timestamp(last.incrementAndGet(), 1);
    Holder holder = holders.put(clientId, claimant);
    if (holder == null) {
      granted.accept(new Granted(stamp, null));
    } else {
      holder.makeWay(state -> granted.accept(new Granted(stamp, state)));
    }
  }

  /** Gives an id back, unless another has claimed it meanwhile. */
  void release(String clientId, Holder holder) {
    holders.remove(clientId, holder);
  }
}
