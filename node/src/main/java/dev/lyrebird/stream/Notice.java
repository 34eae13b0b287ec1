package dev.lyrebird.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What a stream tells its client beside events, as JSON. */
public final class Notice {

  private Notice() {}

  /** Writes what a notice says beside its type. */
  @FunctionalInterface
  public interface Members {
    void write(JsonGenerator out) throws IOException;
  }

  /** The client has had all current rows, or all that it missed. */
  public static byte[] ready() {
    return of("ready", out -> {});
  }

  /** The client missed what the journal no longer has; what follows are the current rows. */
  public static byte[] reset(String reason) {
    return of("reset", out -> out.writeStringField("reason", reason));
  }

  /** Returns a notice of another type. */
  public static byte[] of(String type, Members members) {
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
