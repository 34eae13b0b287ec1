package dev.lyrebird.mqtt;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.ClaimMessage.Ask;
import dev.lyrebird.mqtt.ClaimMessage.Free;
import dev.lyrebird.mqtt.ClaimMessage.Held;
import dev.lyrebird.mqtt.ClaimMessage.Hello;
import dev.lyrebird.mqtt.ClaimMessage.Holding;
import dev.lyrebird.mqtt.ClaimMessage.Later;
import dev.lyrebird.mqtt.ClaimMessage.More;
import dev.lyrebird.mqtt.ClaimMessage.OfClaim;
import dev.lyrebird.mqtt.ClaimMessage.Yielded;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages of claims as bytes: the number of this format, a kind, and the fields in the order of
 * their records.
 */
final class ClaimMessageCodec {

  private static final int FORMAT = 2;

  private static final int ASK = 0;
  private static final int FREE = 1;
  private static final int YIELDED = 2;
  private static final int LATER = 3;
  private static final int HELLO = 4;
  private static final int HELD = 5;
  private static final int MORE = 6;

  /** Kinds of what is handed over. */
  private static final int NOTHING = 0;

  private static final int SESSION = 1;
  private static final int GROUP = 2;

  /** Two lengths and a stamp: no holding is shorter. */
  private static final int LEAST_HOLDING_BYTES = 10;

  private ClaimMessageCodec() {}

  static byte[] encode(ClaimMessage message) {
    ByteWriter out = new ByteWriter(64);
    out.octet(FORMAT);
    switch (message) {
      case Ask ask -> head(out, ASK, ask);
      case Free free -> head(out, FREE, free);
      case Yielded yielded -> {
        head(out, YIELDED, yielded);
        encode(out, yielded.state());
      }
      case Later later -> {
        head(out, LATER, later);
        encode(out, later.later());
      }
      case Hello hello -> {
        out.octet(HELLO);
        out.varint(hello.time());
        out.octet(hello.wantsAnswer() ? 1 : 0);
      }
      case Held held -> {
        out.octet(HELD);
        out.varint(held.holdings().size());
        for (Holding holding : held.holdings()) {
          out.string(holding.clientId());
          encode(out, holding.stamp());
        }
      }
      case More more -> {
        out.octet(MORE);
        out.string(more.after());
      }
    }
    return out.toByteArray();
  }

  private static void head(ByteWriter out, int kind, OfClaim message) {
    out.octet(kind);
    out.string(message.clientId());
    encode(out, message.stamp());
  }

  private static void encode(ByteWriter out, Timestamp stamp) {
    out.varint(stamp.time());
    out.fixed64(stamp.node());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException where the bytes are no message of this format
   */
  static ClaimMessage decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "a message of claims in format %d, but this node reads %d".formatted(format, FORMAT));
      }
      ClaimMessage message = message(in, in.get());
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(
            in.remaining() + " bytes too many in a message of claims");
      }
      return message;
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a message of claims ends early or holds nonsense", e);
    }
  }

  private static ClaimMessage message(ByteBuffer in, int kind) {
    return switch (kind) {
      case ASK -> new Ask(ByteReader.string(in), stamp(in));
      case FREE -> new Free(ByteReader.string(in), stamp(in));
      case YIELDED -> new Yielded(ByteReader.string(in), stamp(in), state(in));
      case LATER -> new Later(ByteReader.string(in), stamp(in), stamp(in));
      case HELLO -> new Hello(ByteReader.varint(in), in.get() != 0);
      case HELD -> new Held(holdings(in));
      case MORE -> new More(ByteReader.string(in));
      default -> throw new IllegalArgumentException("a message of claims of unknown kind " + kind);
    };
  }

  private static Timestamp stamp(ByteBuffer in) {
    return new Timestamp(ByteReader.varint(in), in.getLong());
  }

  private static void encode(ByteWriter out, @Nullable Handover state) {
    switch (state) {
      case null -> out.octet(NOTHING);
      case SessionState session -> {
        out.octet(SESSION);
        out.bytes(SessionStateCodec.encode(session));
      }
      case GroupState group -> {
        out.octet(GROUP);
        out.bytes(GroupStateCodec.encode(group));
      }
    }
  }

  private static @Nullable Handover state(ByteBuffer in) {
    int kind = in.get();
    return switch (kind) {
      case NOTHING -> null;
      case SESSION -> SessionStateCodec.decode(ByteReader.bytes(in));
      case GROUP -> GroupStateCodec.decode(ByteReader.bytes(in));
      default -> throw new IllegalArgumentException("a state of unknown kind " + kind);
    };
  }

  private static List<Holding> holdings(ByteBuffer in) {
    long count = ByteReader.varint(in);
    if (count <= 0 || count > in.remaining() / LEAST_HOLDING_BYTES) {
      throw new BufferUnderflowException();
    }
    List<Holding> holdings = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      holdings.add(new Holding(ByteReader.string(in), stamp(in)));
    }
    return holdings;
  }
}
