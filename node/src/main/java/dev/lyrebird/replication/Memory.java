package dev.lyrebird.replication;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.VersionVector;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a replica must not forget when its node stops.
 *
 * @param origin in whose name its changes are made
 * @param since see {@link Message.Status#since}
 * @param adopted see {@link Message.Status#adopted}
 * @param claimed a rank that is not before any up to which it has said to have all changes
 * @param isTorn whether rows of another replica have been taken over in part
 * @param known the replicas of its cluster, and when each was heard last, ms since the epoch
 */
record Memory(
    long origin,
    long since,
    VersionVector adopted,
    long claimed,
    boolean isTorn,
    Map<Long, Long> known) {

  byte[] encode() {
    ByteWriter out = new ByteWriter(64);
    out.fixed64(origin);
    out.varint(since);
    adopted.encode(out);
    out.varint(claimed);
    out.octet(isTorn ? 1 : 0);
    out.varint(known.size());
    known.forEach((node, heardMillis) -> {
      out.fixed64(node);
      out.varint(heardMillis);
    });
    return out.toByteArray();
  }

  static Memory decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    long origin = in.getLong();
    long since = ByteReader.varint(in);
    VersionVector adopted = VersionVector.decode(in);
    long claimed = ByteReader.varint(in);
    boolean isTorn = in.get() != 0;
    Map<Long, Long> known = new TreeMap<>();
    for (long left = ByteReader.varint(in); left > 0; left--) {
      long node = in.getLong();
      known.put(node, ByteReader.varint(in));
    }
    return new Memory(origin, since, adopted, claimed, isTorn, known);
  }
}
