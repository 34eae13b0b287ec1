package dev.lyrebird.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.stream.Notice;
import dev.lyrebird.view.JsonCopy;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not carried out, as RFC 9457 tells it. Its type is always {@code about:blank}:
 * the status says what kind of problem it is.
 *
 * @param status the HTTP status
 * @param detail what is wrong with which thing, and the remedy
 * @param faults what is wrong in the content, one by one; may be empty
 * @param instance a URI that names this one occurrence in the log, or null
 * @param headers header fields that go with it, such as {@code Allow}
 */
record Problem(
    int status,
    String detail,
    List<Fault> faults,
    @Nullable String instance,
    Map<String, String> headers) {

  static final String MEDIA_TYPE = "application/problem+json";

  /** A hostile array may have a million faults; nobody reads more of them. */
  static final int MOST_FAULTS = 100;

  /** How long a client had better wait for an overloaded node. */
  private static final String RETRY_SECONDS = "1";

  /**
   * Something wrong in the content.
   *
   * @param place in content of several rows; null where it is about one
   * @param attribute the attribute at fault, or null where it is the whole row
   * @param detail what is wrong
   */
  record Fault(@Nullable Place place, @Nullable String attribute, String detail) {

    /** Writes faults as an array. */
    static void write(List<Fault> faults, JsonGenerator out) throws IOException {
      out.writeStartArray();
      for (Fault fault : faults) {
        out.writeStartObject();
        if (fault.place != null) {
          out.writeNumberField(fault.place.unit(), fault.place.number());
        }
        if (fault.attribute != null) {
          out.writeStringField("attribute", fault.attribute);
        }
        out.writeStringField("detail", fault.detail);
        out.writeEndObject();
      }
      out.writeEndArray();
    }

    /** Returns what a refusal holds against something, attribute by attribute where it can. */
    static List<Fault> of(@Nullable Place place, Refusal refusal) {
      return refusal.faults().isEmpty()
          ? List.of(new Fault(place, null, refusal.detail()))
          : inAttributes(place, refusal);
    }

    private static List<Fault> inAttributes(@Nullable Place place, Refusal refusal) {
      return inAttributes(place, refusal.faults());
    }

    /** Returns what is wrong with which attribute. */
    static List<Fault> inAttributes(@Nullable Place place, Map<String, String> faults) {
      return faults.entrySet().stream()
          .map(fault -> new Fault(place, fault.getKey(), fault.getValue()))
          .toList();
    }
  }

  /**
   * Where something is in the content.
   *
   * @param unit what is counted
   */
  record Place(String unit, int number) {

    /** A place in an array, counted from 0. */
    static Place index(int index) {
      return new Place("index", index);
    }

    /** A line, counted from 1. */
    static Place line(int line) {
      return new Place("line", line);
    }
  }

  Problem {
    faults = List.copyOf(faults);
    headers = Map.copyOf(headers);
  }

  static Problem of(int status, String detail) {
    return new Problem(status, detail, List.of(), null, Map.of());
  }

  /** A problem with one header field that goes with it. */
  static Problem of(int status, String detail, CharSequence header, String value) {
    return new Problem(status, detail, List.of(), null, Map.of(header.toString(), value));
  }

  /** A failure of the node itself, whose cause stands in the log under the given name. */
  static Problem failure(String instance) {
    return new Problem(
        500,
        "the node failed; its log tells why under this instance",
        List.of(),
        instance,
        Map.of());
  }

  /**
   * Tells a refusal.
   *
   * @param allow the methods that the path takes, for {@code Allow} of RFC 9110 §15.5.6
   */
  static Problem of(Refusal refusal, String allow) {
    List<Fault> faults = Fault.inAttributes(null, refusal);
    Map<String, String> headers =
        switch (refusal.reason()) {
          case NOT_ALLOWED -> Map.of("Allow", allow);
          case OVERLOADED -> Map.of("Retry-After", RETRY_SECONDS);
          case BAD_REQUEST,
              NOT_FOUND,
              CONFLICT,
              PRECONDITION_FAILED,
              TOO_LARGE,
              UNSUPPORTED_TYPE,
              SCHEMA,
              FAULT,
              UNCONFIRMED ->
              Map.of();
        };
    return new Problem(refusal.reason().status(), refusal.detail(), faults, null, headers);
  }

  /** The same problem with what is wrong in the content; of many faults the first ones. */
  Problem withFaults(List<Fault> inContent) {
    return new Problem(
        status,
        detail,
        inContent.subList(0, Math.min(inContent.size(), MOST_FAULTS)),
        instance,
        headers);
  }

  /** What the status is called; Netty calls some by the names of older RFCs. */
  String title() {
    return switch (status) {
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 422 -> "Unprocessable Content";
      default -> HttpResponseStatus.valueOf(status).reasonPhrase();
    };
  }

  byte[] json() {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        out.writeStartObject();
        out.writeStringField("title", title());
        out.writeNumberField("status", status);
        out.writeStringField("detail", detail);
        if (instance != null) {
          out.writeStringField("instance", instance);
        }
        writeFaults(out);
        out.writeEndObject();
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what a client is told of a frame that was not taken. */
  byte[] notice() {
    return Notice.of(
        "error",
        out -> {
          out.writeNumberField("status", status);
          out.writeStringField("title", title());
          out.writeStringField("detail", detail);
          writeFaults(out);
        });
  }

  /** Writes the member that lists the faults, if there are any. */
  void writeFaults(JsonGenerator out) throws IOException {
    if (faults.isEmpty()) {
      return;
    }
    out.writeFieldName("errors");
    Fault.write(faults, out);
  }
}
