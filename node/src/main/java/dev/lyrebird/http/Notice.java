package dev.lyrebird.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What a stream tells its client beside events, as JSON. */
final class Notice {

  private Notice() {}

  /** Writes what a notice says beside its type. */
  @FunctionalInterface
  private interface Members {
    void write(JsonGenerator out) throws IOException;
  }

  /** The client has had all current rows, or all that it missed. */
  static byte[] ready() {
    return json("ready", out -> {});
  }

  /** The client missed what the journal no longer has; what follows are the current rows. */
  static byte[] reset(String reason) {
    return json("reset", out -> out.writeStringField("reason", reason));
  }

  /** A frame of the client was not taken. */
  static byte[] error(Problem problem) {
    return json(
        "error",
        out -> {
          out.writeNumberField("status", problem.status());
          out.writeStringField("title", problem.title());
          out.writeStringField("detail", problem.detail());
          problem.writeFaults(out);
        });
  }

  private static byte[] json(String type, Members members) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        out.writeStartObject();
        out.writeStringField("type", type);
        members.write(out);
        out.writeEndObject();
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
