package dev.lyrebird.table;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import java.math.BigDecimal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Row states as bytes: the form in which they are stored. */
final class RowStateCodec {

  /** The base is a row, not the lack of one. */
  private static final int PRESENT = 1;

  /** A PATCH said when the row ends. */
  private static final int PATCHED_EXPIRY = 2;

  /** The register has a value, not only additions. */
  private static final int SET = 1;

  private RowStateCodec() {}

  static byte[] encode(RowState state) {
    Payload base = state.base();
    RowState.Expiry expiry = state.expiry();
    boolean patched = !expiry.saidAt().equals(state.stamp());
    ByteWriter out = new ByteWriter(48 + (base == null ? 0 : base.bytes().length));
    out.octet((base == null ? 0 : PRESENT) | (patched ? PATCHED_EXPIRY : 0));
    write(out, state.stamp());
    out.octet(state.qos());
    if (patched) {
      write(out, expiry.saidAt());
    }
    out.varint(expiry.millis());
    out.varint(state.createdMillis());
    if (base != null) {
      EntryCodec.encodePayload(out, base);
    }
    out.varint(state.registers().size());
    state.registers().forEach((name, register) -> write(out, name, register));
    return out.toByteArray();
  }

  private static void write(ByteWriter out, String name, Register register) {
    out.string(name);
    out.octet(register.value() == null ? 0 : SET);
    if (register.value() != null) {
      write(out, register.setAt());
      out.bytes(JsonObjects.bytes(register.value()));
    }
    out.varint(register.additions().size());
    register
        .additions()
        .forEach((stamp, amount) -> {
          write(out, stamp);
          out.string(amount.toString());
        });
  }

  private static void write(ByteWriter out, Timestamp stamp) {
    out.fixed64(stamp.time());
    out.fixed64(stamp.node());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException where the bytes are not a whole state
   */
  static RowState decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int flags = in.get();
      Timestamp stamp = timestamp(in);
      int qos = in.get();
      Timestamp saidAt = (flags & PATCHED_EXPIRY) == 0 ? stamp : timestamp(in);
      RowState.Expiry expiry = new RowState.Expiry(saidAt, ByteReader.varint(in));
      long createdMillis = ByteReader.varint(in);
      Payload base = (flags & PRESENT) != 0 ? EntryCodec.decodePayload(in) : null;
      Map<String, Register> registers = registers(in);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in a stored row");
      }
      return new RowState(stamp, base, qos, expiry, createdMillis, registers);
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a stored row ends early or holds nonsense", e);
    }
  }

  private static Map<String, Register> registers(ByteBuffer in) {
    int count = Math.toIntExact(ByteReader.varint(in));
    if (count == 0) {
      return Map.of();
    }
    TreeMap<String, Register> registers = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      registers.put(ByteReader.string(in), register(in));
    }
    return Collections.unmodifiableMap(registers);
  }

  private static Register register(ByteBuffer in) {
    Register register = Register.EMPTY;
    if (in.get() == SET) {
      register = register.with(timestamp(in), JsonObjects.read(ByteReader.bytes(in)));
    }
    int count = Math.toIntExact(ByteReader.varint(in));
    TreeMap<Timestamp, BigDecimal> additions = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      additions.put(timestamp(in), new BigDecimal(ByteReader.string(in)));
    }
    return new Register(
        register.setAt(), register.value(), Collections.unmodifiableSortedMap(additions));
  }

  private static Timestamp timestamp(ByteBuffer in) {
    return new Timestamp(in.getLong(), in.getLong());
  }
}
