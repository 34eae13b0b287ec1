package dev.lyrebird.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A format that says what JSON says, in bytes: values are copied event by event between Jackson's
 * parser of the one and its generator of the other.
 */
final class BinaryCodec implements Codec {

  private final String name;
  private final Parsers parsers;
  private final JsonFactory generators;
  private final JsonCopy.Numbers numbers;
  private final BiFunction<UnaryOperator<byte[]>, Integer, ListWriter> lists;

  /** Makes a parser of a document. */
  @FunctionalInterface
  interface Parsers {
    JsonParser parser(byte[] document) throws IOException;
  }

  /**
   * @param name for people
   * @param numbers writes those of JSON in the format
   * @param lists begins a list, given what writes an element and how much may be gathered
   */
  BinaryCodec(
      String name,
      Parsers parsers,
      JsonFactory generators,
      JsonCopy.Numbers numbers,
      BiFunction<UnaryOperator<byte[]>, Integer, ListWriter> lists) {
    this.name = name;
    this.parsers = parsers;
    this.generators = generators;
    this.numbers = numbers;
    this.lists = lists;
  }

  @Override
  public ListWriter list(Columns columns, int mostBytes) {
    return lists.apply(this::fromJson, mostBytes);
  }

  @Override
  public byte[] fromJson(byte[] json, Columns columns) {
    return fromJson(json);
  }

  private byte[] fromJson(byte[] json) {
    try (JsonParser in = JsonCopy.FACTORY.createParser(json);
        ByteArrayBuilder bytes = new ByteArrayBuilder(json.length)) {
      in.nextToken();
      try (JsonGenerator out = generators.createGenerator(bytes)) {
        JsonCopy.value(in, new WellFormedText(out), numbers);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("what we show as JSON is none", e);
    }
  }

  /** Byte strings become base64. */
  @Override
  public byte[] toJson(byte[] document, Columns columns) {
    try (JsonParser in = parsers.parser(document);
        ByteArrayBuilder bytes = new ByteArrayBuilder(document.length * 2)) {
      if (in.nextToken() == null) {
        throw refused("there is none");
      }
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        JsonCopy.value(in, out, this::writeJsonNumber);
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

  private void writeJsonNumber(JsonParser in, JsonGenerator out) throws IOException {
    if (in.isNaN()) {
      throw refused("JSON has no infinite number, nor one that is none");
    }
    out.copyCurrentEvent(in);
  }

  private static String place(@Nullable JsonLocation location) {
    return location == null || location.getByteOffset() < 0
        ? ""
        : ", at byte " + location.getByteOffset();
  }

  private RefusedException refused(String why) {
    return new RefusedException(
        Refusal.of(
            Refusal.Reason.BAD_REQUEST,
            "the content is no %s that we take: %s".formatted(name, why)));
  }
}
