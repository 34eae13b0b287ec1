package dev.lyrebird.mqtt;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.mqtt.SessionState.Place;
import dev.lyrebird.mqtt.SessionState.Received;
import dev.lyrebird.mqtt.SessionState.Releasing;
import dev.lyrebird.mqtt.SessionState.Shared;
import dev.lyrebird.mqtt.SessionState.Subscription;
import dev.lyrebird.mqtt.SessionState.Will;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Session states as bytes: the number of this format, flags, and the fields in the order of their
 * record.
 *
 * <p>A row is written again and again while its session advances, so it is kept short. Vectors are
 * what is long in it, and those of a session name the same few origins: these stand once, in front
 * of all places, and what was sent is told by how far it lies ahead of what was acknowledged.
 */
final class SessionStateCodec {

  private static final int FORMAT = 3;

  private static final int CONNECTED = 1;
  private static final int WILL = 1 << 1;

  /** The holder is not the node that gave the claim, and is named. */
  private static final int TAKEN_OVER = 1 << 2;

  private static final int DOUBTFUL = 1 << 3;

  private static final int NO_LOCAL = 1 << 2;
  private static final int RETAIN_AS_PUBLISHED = 1 << 3;
  private static final int FRESH = 1 << 4;
  private static final int IDENTIFIED = 1 << 5;

  private static final int RETAIN = 1 << 2;
  private static final int TWO_BITS = 0b11;

  private SessionStateCodec() {}

  static byte[] encode(SessionState state) {
    Will will = state.will();
    boolean isTakenOver = state.holder() != state.claim().node();
    ByteWriter out = new ByteWriter(128);
    out.octet(FORMAT);
    out.octet(
        (state.isConnected() ? CONNECTED : 0)
            | (will == null ? 0 : WILL)
            | (isTakenOver ? TAKEN_OVER : 0)
            | (state.doubtUntilMillis() == 0 ? 0 : DOUBTFUL));
    out.varint(state.claim().time());
    out.fixed64(state.claim().node());
    if (isTakenOver) {
      out.fixed64(state.holder());
    }
    if (state.doubtUntilMillis() != 0) {
      out.varint(state.doubtUntilMillis());
    }
    out.varint(state.disconnectedAtMillis());
    out.varint(state.expirySeconds());
    out.varint(state.subscriptions().size());
    state.subscriptions().forEach(subscription -> encode(out, subscription));
    encode(out, state.places());
    out.varint(state.unacknowledged().length);
    for (long identity : state.unacknowledged()) {
      out.fixed64(identity);
    }
    out.varint(state.releasing().size());
    state.releasing().forEach(one -> encode(out, one));
    out.varint(state.received().size());
    for (Received received : state.received()) {
      out.varint(received.packetId());
      out.varint(Integer.toUnsignedLong(received.table()));
    }
    if (will != null) {
      encode(out, will);
    }
    out.varint(state.willAtMillis());
    return out.toByteArray();
  }

  private static void encode(ByteWriter out, Subscription subscription) {
    out.octet(
        subscription.qos()
            | (subscription.noLocal() ? NO_LOCAL : 0)
            | (subscription.retainAsPublished() ? RETAIN_AS_PUBLISHED : 0)
            | (subscription.isFresh() ? FRESH : 0)
            | (subscription.identifier() == 0 ? 0 : IDENTIFIED));
    out.string(subscription.filter());
    if (subscription.identifier() != 0) {
      out.varint(subscription.identifier());
    }
  }

  private static void encode(ByteWriter out, Releasing releasing) {
    Shared shared = releasing.shared();
    out.varint(releasing.packetId());
    out.octet(shared == null ? 0 : 1);
    if (shared != null) {
      out.string(shared.group());
      GroupStateCodec.encode(out, shared.name());
    }
  }

  static void encode(ByteWriter out, List<Place> places) {
    long[] origins = origins(places);
    out.varint(origins.length);
    for (long origin : origins) {
      out.fixed64(origin);
    }
    out.varint(places.size());
    for (Place place : places) {
      out.varint(Integer.toUnsignedLong(place.table()));
      for (long origin : origins) {
        long acked = place.acked().timeOf(origin);
        out.varint(acked);
        out.varint(zigzag(place.sent().timeOf(origin) - acked));
      }
    }
  }

  private static long[] origins(List<Place> places) {
    TreeSet<Long> origins = new TreeSet<>();
    for (Place place : places) {
      for (VersionVector vector : List.of(place.acked(), place.sent())) {
        for (int i = 0; i < vector.size(); i++) {
          origins.add(vector.origin(i));
        }
      }
    }
    return origins.stream().mapToLong(origin -> origin).toArray();
  }

  /** Returns a number whose varint is short where the given one is near zero on either side. */
  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }

  private static void encode(ByteWriter out, Will will) {
    Publication publication = will.publication();
    out.octet(publication.qos() | (publication.retain() ? RETAIN : 0));
    out.string(publication.topic());
    EntryCodec.encodePayload(out, publication.payload());
    out.varint(zigzag(publication.expirySeconds()));
    out.varint(will.delaySeconds());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException where the bytes are no session state of this format
   */
  static SessionState decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "a session in format %d, but this node reads %d".formatted(format, FORMAT));
      }
      SessionState state = state(in);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in a session");
      }
      return state;
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a session ends early or holds nonsense", e);
    }
  }

  private static SessionState state(ByteBuffer in) {
    int flags = in.get();
    Timestamp claim = new Timestamp(ByteReader.varint(in), in.getLong());
    return new SessionState(
        claim,
        (flags & TAKEN_OVER) == 0 ? claim.node() : in.getLong(),
        (flags & CONNECTED) != 0,
        (flags & DOUBTFUL) == 0 ? 0 : ByteReader.varint(in),
        ByteReader.varint(in),
        ByteReader.varint(in),
        list(in, SessionStateCodec::subscription),
        places(in),
        longs(in),
        list(in, SessionStateCodec::releasing),
        list(in, each -> new Received(number(each), tableKey(each))),
        (flags & WILL) == 0 ? null : will(in),
        ByteReader.varint(in));
  }

  private static Subscription subscription(ByteBuffer in) {
    int flags = in.get();
    return new Subscription(
        ByteReader.string(in),
        flags & TWO_BITS,
        (flags & NO_LOCAL) != 0,
        (flags & RETAIN_AS_PUBLISHED) != 0,
        (flags & IDENTIFIED) == 0 ? 0 : number(in),
        (flags & FRESH) != 0);
  }

  private static Releasing releasing(ByteBuffer in) {
    int packetId = number(in);
    boolean isShared = in.get() != 0;
    return new Releasing(
        packetId, isShared ? new Shared(ByteReader.string(in), GroupStateCodec.name(in)) : null);
  }

  static List<Place> places(ByteBuffer in) {
    long[] origins = longs(in);
    return list(in, each -> place(each, origins));
  }

  private static Place place(ByteBuffer in, long[] origins) {
    int table = tableKey(in);
    VersionVector acked = VersionVector.EMPTY;
    VersionVector sent = VersionVector.EMPTY;
    for (long origin : origins) {
      long time = ByteReader.varint(in);
      acked = acked.with(new Timestamp(time, origin));
      sent = sent.with(new Timestamp(time + unzigzag(ByteReader.varint(in)), origin));
    }
    return new Place(table, acked, sent);
  }

  private static Will will(ByteBuffer in) {
    int flags = in.get();
    Publication publication =
        new Publication(
            ByteReader.string(in),
            EntryCodec.decodePayload(in),
            flags & TWO_BITS,
            (flags & RETAIN) != 0,
            unzigzag(ByteReader.varint(in)));
    return new Will(publication, ByteReader.varint(in));
  }

  private static long[] longs(ByteBuffer in) {
    long[] longs = new long[count(in, Long.BYTES)];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = in.getLong();
    }
    return longs;
  }

  private static <T> List<T> list(ByteBuffer in, Function<ByteBuffer, T> element) {
    int count = count(in, 1);
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(element.apply(in));
    }
    return list;
  }

  /** Reads how many elements follow, which cannot be more than the bytes have room for. */
  private static int count(ByteBuffer in, int leastBytes) {
    long count = ByteReader.varint(in);
    if (count < 0 || count > in.remaining() / leastBytes) {
      throw new BufferUnderflowException();
    }
    return (int) count;
  }

  private static int number(ByteBuffer in) {
    return Math.toIntExact(ByteReader.varint(in));
  }

  private static int tableKey(ByteBuffer in) {
    return (int) ByteReader.varint(in);
  }
}
