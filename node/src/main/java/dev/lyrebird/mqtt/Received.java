package dev.lyrebird.mqtt;

import dev.lyrebird.schema.TableDefinition;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The publishes of QoS 2 that a client has sent and not released, by packet identifier: whatever
 * comes under such an identifier is the same publish once more ([MQTT-4.3.3-10]).
 *
 * <pre>
 *   PUBLISH --> committing --outcome, PUBREC--> stored --PUBREL, PUBCOMP--> done
 * </pre>
 *
 * <p>Pure.
 */
final class Received {

  /** Null until there is one, which with most clients never happens. */
  private @Nullable SequencedMap<Integer, One> all;

  private int committing;

  /**
   * A publish.
   *
   * @param packetId of the client
   * @param table where it is; null where it is in none
   * @param isStored whether its outcome is known
   * @param isKept whether the row of the session says that it was received, not the table
   */
  record One(int packetId, @Nullable TableDefinition table, boolean isStored, boolean isKept) {}

  int size() {
    return all == null ? 0 : all.size();
  }

  /** Tells whether the outcome of any is awaited. */
  boolean isCommitting() {
    return committing > 0;
  }

  @Nullable One get(int packetId) {
    return all == null ? null : all.get(packetId);
  }

  Collection<One> all() {
    return all == null ? List.of() : all.values();
  }

  /** Notes a publish that is on its way to its table. */
  void begin(int packetId, @Nullable TableDefinition table) {
    committing++;
    put(new One(packetId, table, false, false));
  }

  /** Notes that a publish is where it belongs. */
  void stored(int packetId) {
    One one = get(packetId);
    if (one != null && !one.isStored()) {
      committing--;
      put(new One(packetId, one.table(), true, false));
    }
  }

  /** Notes one of an earlier connection. */
  void keep(int packetId, @Nullable TableDefinition table) {
    put(new One(packetId, table, true, true));
  }

  /** Forgets one: it was released, or refused. */
  void remove(int packetId) {
    if (all != null) {
      One one = all.remove(packetId);
      committing -= one == null || one.isStored() ? 0 : 1;
    }
  }

  private void put(One one) {
    if (all == null) {
      all = new LinkedHashMap<>();
    }
    all.put(one.packetId(), one);
  }
}
