package dev.lyrebird.table;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What tests of tables write into them, and how they declare them. */
final class Samples {

  private Samples() {}

  static TableDefinition table(String sdl) {
    return Schema.parse(List.of(new Source("test.graphql", sdl))).tables().getFirst();
  }

  static Payload json(String text) {
    return Payload.json(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns text whose sender named no media type. */
  static Payload text(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }
}
