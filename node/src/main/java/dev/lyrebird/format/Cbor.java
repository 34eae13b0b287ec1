package dev.lyrebird.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * CBOR (RFC 8949). A number with a fraction becomes a double where that is exact in the sense of
 * JSON readers, so that {@code 97.2} is a plain float to CBOR's clients, and a decimal fraction
 * (§3.4.4) where a double would lose digits.
 */
final class Cbor {

  private static final CBORFactory FACTORY = new CBORFactory();

  /** What opens an array of unknown length, and what closes it (RFC 8949 §3.2.2). */
  private static final byte[] OPEN_ARRAY = {(byte) 0x9f};

  private static final byte[] CLOSE_ARRAY = {(byte) 0xff};

  private static final byte[] NOTHING = {};

  static final Codec CODEC =
      new BinaryCodec(
          "CBOR",
          FACTORY::createParser,
          FACTORY,
          Cbor::writeNumber,
          (element, mostBytes) ->
              new FramedList(new FramedList.Frame(OPEN_ARRAY, NOTHING, CLOSE_ARRAY, element)));

  private Cbor() {}

  private static void writeNumber(JsonParser in, JsonGenerator out) throws IOException {
    switch (in.getNumberType()) {
      case INT -> out.writeNumber(in.getIntValue());
      case LONG -> out.writeNumber(in.getLongValue());
      case BIG_INTEGER -> out.writeNumber(in.getBigIntegerValue());
      case FLOAT, DOUBLE, BIG_DECIMAL -> {
        BigDecimal exact = in.getDecimalValue();
        double close = in.getDoubleValue(); // of both, only this one knows a zero with a sign
        if (Double.isFinite(close) && BigDecimal.valueOf(close).compareTo(exact) == 0) {
          out.writeNumber(close);
        } else {
          out.writeNumber(exact);
        }
      }
    }
  }
}
