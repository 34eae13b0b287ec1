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

  private static final int PRESENT = 1;
  private static final int SET = 1;

  private RowStateCodec() {}

  static byte[] encode(RowState state) {
    Payload base = state.base();
    ByteWriter out = new ByteWriter(48 + (base == null ? 0 : base.bytes().length));
    out.octet(base == null ? 0 : PRESENT);
    write(out, state.stamp());
    out.octet(state.qos());
    out.varint(state.expiresAtMillis());
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
      boolean present = in.get() == PRESENT;
      Timestamp stamp = timestamp(in);
      int qos = in.get();
      long expiresAtMillis = ByteReader.varint(in);
      long createdMillis = ByteReader.varint(in);
      Payload base = present ? EntryCodec.decodePayload(in) : null;
      int count = Math.toIntExact(ByteReader.varint(in));
      Map<String, Register> registers = Map.of();
      if (count > 0) {
        TreeMap<String, Register> read = new TreeMap<>();
        for (int i = 0; i < count; i++) {
          read.put(ByteReader.string(in), register(in));
        }
        registers = Collections.unmodifiableMap(read);
      }
      return new RowState(stamp, base, qos, expiresAtMillis, createdMillis, registers);
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a stored row ends early or holds nonsense", e);
    }
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
