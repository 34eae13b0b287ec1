package dev.lyrebird.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigInteger;
import org.msgpack.jackson.dataformat.MessagePackFactory;

/**
 * MessagePack. It has no number beyond 64 bits and no decimal fraction: those become the double
 * that is closest, and text where no double comes near.
 */
final class MessagePack {

  private static final MessagePackFactory FACTORY = new MessagePackFactory();

  /** Of whole numbers, signed and unsigned ones of 64 bits have a form of their own. */
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);

  private static final BigInteger MOST = BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE);

  static final Codec CODEC =
      new BinaryCodec(
          "MessagePack",
          document -> new MessagePackInput(FACTORY.createParser(document)),
          FACTORY,
          MessagePack::writeNumber,
          CountedList::new);

  private MessagePack() {}

  private static void writeNumber(JsonParser in, JsonGenerator out) throws IOException {
    switch (in.getNumberType()) {
      case INT -> out.writeNumber(in.getIntValue());
      case LONG -> out.writeNumber(in.getLongValue());
      case BIG_INTEGER -> {
        BigInteger whole = in.getBigIntegerValue();
        if (whole.compareTo(LEAST) >= 0 && whole.compareTo(MOST) <= 0) {
          out.writeNumber(whole);
        } else {
          writeDouble(in, out);
        }
      }
      case FLOAT, DOUBLE, BIG_DECIMAL -> writeDouble(in, out);
    }
  }

  private static void writeDouble(JsonParser in, JsonGenerator out) throws IOException {
    double close = in.getDoubleValue();
    if (Double.isFinite(close)) {
      out.writeNumber(close);
    } else {
      out.writeString(in.getText());
    }
  }
}
