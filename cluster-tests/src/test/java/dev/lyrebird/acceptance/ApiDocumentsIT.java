package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lyrebird.client.Tool;
import dev.lyrebird.harness.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a node tells of its interface, by public validators and a client made of it. */
final class ApiDocumentsIT {

  private static final Path SCRIPT = Path.of("src", "test", "resources", "api-documents.mjs");

  private static final String SCHEMA =
      """
      "Any topic."
      type topics @table @export(name: "") { id: ID @primaryKey }

      "What rooms measure."
      type Sensors @table @export @sealed {
        id: ID @primaryKey
        "In degrees Celsius."
        temperature: Float
        location: String @indexed
        tags: [String!]!
        changed: Date @updatedTime
      }

      "Counted rows, elsewhere."
      type Steps @table @export(name: "hall 1/steps") {
        number: Long @primaryKey
        size: BigInt
        photo: Bytes
        rest: Any
      }

      type Streams @table @export(rest: false) { id: ID @primaryKey }
      type Topics @table @export(rest: false, ws: false, sse: false) { id: ID @primaryKey }
      """;

  @Test
  void theDocumentsAreValidAndWhatAClientMadeOfThemIsAnswered() {
    Tool nodeJs = Tool.require("node");
    assumeTrue(
        Files.isDirectory(Path.of("node_modules", "openapi-client-axios")),
        "npm's packages of cluster-tests/package.json are not installed: npm ci");
    try (NodeProcess node = NodeProcess.start(Nodes.named("api-documents").schema(SCHEMA))) {
      assertEquals(
          """
          OpenAPI 3.1.0 is valid
          AsyncAPI 3.0.0 is valid
          read hall/7 23.5 hall
          attribute 23.5
          below hall: hall/7 hall/8
          warm: hall/7
          history put put
          deleted 2
          """,
          nodeJs.run(SCRIPT.toString(), node.addresses().http("").toString()));
    }
  }
}
