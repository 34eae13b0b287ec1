package dev.lyrebird.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a replica of one table has applied: for each origin the time of its last change. An origin's
 * changes form a chain in the order of time, so one time per origin says it all.
 *
 * <p>Immutable. Origins are kept in ascending order, so equal vectors have equal arrays.
 */
public final class VersionVector {

  /** The vector of a table that has applied nothing. */
  public static final VersionVector EMPTY = new VersionVector(new long[0], new long[0]);

  private final long[] origins;
  private final long[] times;

  private VersionVector(long[] origins, long[] times) {
    this.origins = origins;
    this.times = times;
  }

  /** Returns the vector that covers all changes of one origin up to the timestamp. */
  public static VersionVector of(Timestamp timestamp) {
    return EMPTY.with(timestamp);
  }

  /** Returns how many origins this vector knows. */
  public int size() {
    return origins.length;
  }

  /** Returns the origin at an index; indexes run from zero in ascending order of origins. */
  public long origin(int index) {
    return origins[index];
  }

  /** Returns the time at an index. */
  public long time(int index) {
    return times[index];
  }

  /** Returns the time of the last change of an origin, or zero where there is none. */
  public long timeOf(long origin) {
    int index = Arrays.binarySearch(origins, origin);
    return index < 0 ? 0 : times[index];
  }

  /** Tells whether the change of that name has been applied. */
  public boolean covers(Timestamp timestamp) {
    return timestamp.time() <= timeOf(timestamp.node());
  }

  /** Tells whether this vector covers all that the other covers. */
  public boolean covers(VersionVector other) {
    for (int i = 0; i < other.origins.length; i++) {
      if (timeOf(other.origins[i]) < other.times[i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns this vector advanced to a timestamp; itself where the timestamp is covered already. */
  public VersionVector with(Timestamp timestamp) {
    int index = Arrays.binarySearch(origins, timestamp.node());
    if (timestamp.time() <= (index < 0 ? 0 : times[index])) {
      return this;
    }
    if (index >= 0) {
      long[] advanced = times.clone();
      advanced[index] = timestamp.time();
      return new VersionVector(origins, advanced);
    }
    int at = -index - 1;
    long[] moreOrigins = new long[origins.length + 1];
    long[] moreTimes = new long[origins.length + 1];
    System.arraycopy(origins, 0, moreOrigins, 0, at);
    System.arraycopy(times, 0, moreTimes, 0, at);
    moreOrigins[at] = timestamp.node();
    moreTimes[at] = timestamp.time();
    System.arraycopy(origins, at, moreOrigins, at + 1, origins.length - at);
    System.arraycopy(times, at, moreTimes, at + 1, origins.length - at);
    return new VersionVector(moreOrigins, moreTimes);
  }

  /** Returns this vector without that change of an origin and all later ones. */
  public VersionVector before(Timestamp timestamp) {
    int index = Arrays.binarySearch(origins, timestamp.node());
    if (index < 0 || times[index] < timestamp.time()) {
      return this;
    }
    long[] earlier = times.clone();
    earlier[index] = timestamp.time() - 1;
    return new VersionVector(origins, earlier);
  }

  /** Returns the least vector that covers both. */
  public VersionVector join(VersionVector other) {
    VersionVector joined = this;
    for (int i = 0; i < other.origins.length; i++) {
      joined = joined.with(new Timestamp(other.times[i], other.origins[i]));
    }
    return joined;
  }

  /** Returns the greatest vector that both cover. */
  public VersionVector meet(VersionVector other) {
    VersionVector meet = EMPTY;
    for (int i = 0; i < origins.length; i++) {
      long time = Math.min(times[i], other.timeOf(origins[i]));
      meet = meet.with(new Timestamp(time, origins[i]));
    }
    return meet;
  }

  /** Returns the part of this vector that the other does not cover. */
  public VersionVector beyond(VersionVector other) {
    VersionVector beyond = EMPTY;
    for (int i = 0; i < origins.length; i++) {
      if (times[i] > other.timeOf(origins[i])) {
        beyond = beyond.with(new Timestamp(times[i], origins[i]));
      }
    }
    return beyond;
  }

  /** Writes the vector in the form that {@link #decode} reads. */
  public void encode(ByteWriter out) {
    out.varint(origins.length);
    for (int i = 0; i < origins.length; i++) {
      out.fixed64(origins[i]);
      out.fixed64(times[i]);
    }
  }

  /** Reads what {@link #encode} wrote. */
  public static VersionVector decode(ByteBuffer in) {
    VersionVector vector = EMPTY;
    for (long left = ByteReader.varint(in); left > 0; left--) {
      long origin = in.getLong();
      vector = vector.with(new Timestamp(in.getLong(), origin));
    }
    return vector;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VersionVector that
        && Arrays.equals(origins, that.origins)
        && Arrays.equals(times, that.times);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(origins) + Arrays.hashCode(times);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < origins.length; i++) {
      text.append(i == 0 ? "" : ", ").append(new Timestamp(times[i], origins[i]));
    }
    return text.append('}').toString();
  }
}
