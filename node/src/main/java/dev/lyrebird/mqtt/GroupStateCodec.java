package dev.lyrebird.mqtt;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupState.InFlight;
import dev.lyrebird.mqtt.GroupState.Kept;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * States of groups as bytes: the number of this format, and the fields in the order of their
 * record.
 */
final class GroupStateCodec {

  private static final int FORMAT = 2;

  private static final int OPEN = 1;
  private static final int USED = 1 << 1;

  private static final int BOUND = 1;
  private static final int OFFERED = 1 << 1;

  private GroupStateCodec() {}

  static byte[] encode(GroupState state) {
    ByteWriter out = new ByteWriter(128);
    out.octet(FORMAT);
    out.varint(state.claim().time());
    out.fixed64(state.claim().node());
    out.octet((state.isOpen() ? OPEN : 0) | (state.isUsed() ? USED : 0));
    out.varint(state.sessions().size());
    for (Kept session : state.sessions()) {
      out.string(session.clientId());
      out.varint(session.expirySeconds());
      out.varint(session.untilMillis());
    }
    SessionStateCodec.encode(out, state.places());
    out.varint(state.inFlight().size());
    state.inFlight().forEach(one -> encode(out, one));
    return out.toByteArray();
  }

  private static void encode(ByteWriter out, InFlight one) {
    encode(out, one.name());
    out.octet((one.clientId() == null ? 0 : BOUND) | (one.consumer() == null ? 0 : OFFERED));
    if (one.clientId() != null) {
      out.string(one.clientId());
    }
    if (one.consumer() != null) {
      out.fixed64(one.consumer().node());
      out.varint(one.consumer().number());
    }
  }

  static void encode(ByteWriter out, Name name) {
    out.varint(Integer.toUnsignedLong(name.table()));
    out.varint(name.change().time());
    out.fixed64(name.change().node());
  }

  /**
   * Reads what {@link #encode(GroupState)} wrote.
   *
   * @throws IllegalArgumentException where the bytes are no state of a group in this format
   */
  static GroupState decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "a group in format %d, but this node reads %d".formatted(format, FORMAT));
      }
      Timestamp claim = new Timestamp(ByteReader.varint(in), in.getLong());
      int flags = in.get();
      GroupState state =
          new GroupState(
              claim,
              (flags & OPEN) != 0,
              (flags & USED) != 0,
              list(in, GroupStateCodec::kept),
              SessionStateCodec.places(in),
              list(in, GroupStateCodec::inFlight));
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in a group");
      }
      return state;
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a group ends early or holds nonsense", e);
    }
  }

  private static Kept kept(ByteBuffer in) {
    return new Kept(ByteReader.string(in), ByteReader.varint(in), ByteReader.varint(in));
  }

  private static InFlight inFlight(ByteBuffer in) {
    Name name = name(in);
    int flags = in.get();
    return new InFlight(
        name,
        (flags & BOUND) == 0 ? null : ByteReader.string(in),
        (flags & OFFERED) == 0 ? null : new ConsumerId(in.getLong(), ByteReader.varint(in)));
  }

  static Name name(ByteBuffer in) {
    int table = (int) ByteReader.varint(in);
    return new Name(table, new Timestamp(ByteReader.varint(in), in.getLong()));
  }

  static <T> List<T> list(ByteBuffer in, Function<ByteBuffer, T> element) {
    long count = ByteReader.varint(in);
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    List<T> list = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      list.add(element.apply(in));
    }
    return list;
  }
}
