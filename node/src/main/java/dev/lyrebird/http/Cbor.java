package dev.lyrebird.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Turns JSON into CBOR (RFC 8949) and back. A number with a fraction becomes a double where that is
 * exact in the sense of JSON readers, so that {@code 97.2} is a plain float to CBOR's clients, and
 * a decimal fraction (§3.4.4) where a double would lose digits.
 */
final class Cbor {

  private static final CBORFactory FACTORY = new CBORFactory();

  /** What opens an array of unknown length (RFC 8949 §3.2.2). */
  static final byte OPEN_ARRAY = (byte) 0x9f;

  /** What closes it. */
  static final byte CLOSE_ARRAY = (byte) 0xff;

  private Cbor() {}

  /** Returns the CBOR of one JSON value. */
  static byte[] ofJson(byte[] json) {
    try (JsonParser in = JsonCopy.FACTORY.createParser(json);
        ByteArrayBuilder bytes = new ByteArrayBuilder(json.length)) {
      in.nextToken();
      try (CBORGenerator out = FACTORY.createGenerator(bytes)) {
        JsonCopy.value(in, out, Cbor::writeNumber);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("what we show as JSON is none", e);
    }
  }

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

  /**
   * Returns the JSON of one CBOR value; byte strings become base64.
   *
   * @throws RefusedException where the bytes are no CBOR, or CBOR that JSON cannot tell
   */
  static byte[] toJson(byte[] cbor) {
    try (JsonParser in = FACTORY.createParser(cbor);
        ByteArrayBuilder bytes = new ByteArrayBuilder(cbor.length * 2)) {
      if (in.nextToken() == null) {
        throw refused("there is none");
      }
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        JsonCopy.value(in, out, Cbor::writeJsonNumber);
      }
      if (in.nextToken() != null) {
        throw refused("something follows the first value" + place(in.currentLocation()));
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw refused(
          e instanceof JsonProcessingException fault
              ? fault.getOriginalMessage() + place(fault.getLocation())
              : "it ends too early");
    }
  }

  private static void writeJsonNumber(JsonParser in, JsonGenerator out) throws IOException {
    if (in.isNaN()) {
      throw refused("JSON has no infinite number, nor one that is none");
    }
    out.copyCurrentEvent(in);
  }

  private static String place(@Nullable JsonLocation location) {
    return location == null ? "" : ", at byte " + location.getByteOffset();
  }

  private static RefusedException refused(String why) {
    return new RefusedException(
        Refusal.of(Refusal.Reason.BAD_REQUEST, "the content is no CBOR that we take: " + why));
  }
}
