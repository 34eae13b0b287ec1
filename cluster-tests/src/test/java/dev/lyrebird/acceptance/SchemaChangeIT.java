package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.NodeSetup;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A node that is started again under another schema, on the rows that it has. */
final class SchemaChangeIT {

  private static final String BEFORE = "type Sensors { id: ID @primaryKey  temp: Float }";
  private static final String NARROWER = "type Sensors { id: ID @primaryKey  temp: Int }";
  private static final String WIDER =
      "type Sensors { id: ID @primaryKey  temp: Any @indexed  note: Any }";

  @Test
  void aSchemaThatRowsForbidIsRefusedAndHarmsNothing() {
    NodeSetup setup = Nodes.named("schema-change").schema(BEFORE);
    try (NodeProcess node = NodeProcess.start(setup);
        Rest rest = new Rest(node.addresses())) {
      assertEquals(201, rest.put("/Sensors/hall", "{\"temp\":0.5}").statusCode());
      assertEquals(201, rest.put("/Sensors/lab", "{\"temp\":21}").statusCode());
      node.kill();

      var _ = setup.schema(NARROWER);
      String refused = assertThrows(IllegalStateException.class, node::restart).toString();
      assertTrue(refused.contains("(1 row: hall). Nothing was changed"), refused);

      var _ = setup.schema(WIDER);
      node.restart();
      assertEquals("[{\"temp\":0.5,\"id\":\"hall\"}]", read(rest, "/Sensors/?temp=lt=1"));
      assertEquals("{\"temp\":21,\"id\":\"lab\"}", read(rest, "/Sensors/lab"));
    }
  }

  private static String read(Rest rest, String path) {
    return new String(rest.get(path).body(), StandardCharsets.UTF_8);
  }
}
