package dev.lyrebird.apidoc;

import java.util.List;
import java.util.Map;

/** The JSON Schemas of what looks the same for every table. */
final class CommonSchemas {

  static final String ADDITION = "addition";

  private static final String PROBLEM = "problem-details";
  private static final String FAULTS = "faults";
  private static final String OPAQUE_ROW = "opaque-row";
  private static final String OTHER_JSON = "other-json";
  private static final String DESCRIPTION = "table-description";
  private static final String HISTORY = "history";
  private static final String EXPLANATION = "explanation";
  private static final String IMPORT = "import";

  private CommonSchemas() {}

  /** Why a request was not carried out. */
  static JsonSchema problem() {
    return JsonSchema.component(PROBLEM);
  }

  /** What is wrong in the content of a request or a frame, one by one. */
  static JsonSchema faults() {
    return JsonSchema.component(FAULTS);
  }

  /** A row that is no JSON object, where only an object will do. */
  static JsonSchema opaqueRow() {
    return JsonSchema.component(OPAQUE_ROW);
  }

  /** JSON that is no object. */
  static JsonSchema otherJson() {
    return JsonSchema.component(OTHER_JSON);
  }

  static JsonSchema tableDescription() {
    return JsonSchema.component(DESCRIPTION);
  }

  /** Entries of a journal. */
  static JsonSchema history() {
    return JsonSchema.component(HISTORY);
  }

  /** What became of rows that came in lines. */
  static JsonSchema imported() {
    return JsonSchema.component(IMPORT);
  }

  /** How a query was carried out. */
  static JsonSchema explanation() {
    return JsonSchema.component(EXPLANATION);
  }

  /** Adds those of an OpenAPI document to its components. */
  static void addTo(Map<String, JsonSchema> components) {
    components.put(PROBLEM, problemDetails());
    components.put(FAULTS, listOfFaults());
    components.put(OPAQUE_ROW, wrappedRow());
    components.put(OTHER_JSON, jsonThatIsNoObject());
    components.put(ADDITION, addition());
    components.put(DESCRIPTION, descriptionOfTable());
    components.put(HISTORY, JsonSchema.listOf(historyEntry()));
    components.put(EXPLANATION, explainedQuery());
    components.put(IMPORT, importOfRows());
  }

  /** Adds those of an AsyncAPI document to its components. */
  static void addForEventsTo(Map<String, JsonSchema> components) {
    components.put(FAULTS, listOfFaults());
    components.put(OPAQUE_ROW, wrappedRow());
    components.put(OTHER_JSON, jsonThatIsNoObject());
    components.put(ADDITION, addition());
  }

  private static JsonSchema problemDetails() {
    return JsonSchema.object()
        .says("A problem as RFC 9457 tells it. Its type is always about:blank.")
        .property("title", JsonSchema.text().says("What the status is called."))
        .property("status", JsonSchema.ofType("integer"))
        .property("detail", JsonSchema.text().says("What is wrong, and the remedy."))
        .property(
            "instance",
            JsonSchema.text()
                .says("By this name the node's log tells why it failed.")
                .with("format", "uri"))
        .property("errors", faults())
        .required("title")
        .required("status")
        .required("detail");
  }

  private static JsonSchema listOfFaults() {
    return JsonSchema.listOf(
            JsonSchema.object()
                .property(
                    "index",
                    JsonSchema.ofType("integer").says("Place in an array of rows, from 0."))
                .property("line", JsonSchema.ofType("integer").says("Line of the row, from 1."))
                .property("attribute", JsonSchema.text().says("The attribute at fault."))
                .property("detail", JsonSchema.text())
                .required("detail"))
        .says("What is wrong in the content; of very many faults the first.");
  }

  private static JsonSchema wrappedRow() {
    return JsonSchema.object()
        .says("A row that is no JSON object: its content beside its key.")
        .property("contentType", JsonSchema.text())
        .property("data", JsonSchema.any().says("Text, other JSON, or base64."))
        .property("encoding", JsonSchema.only("base64"))
        .required("contentType")
        .required("data");
  }

  private static JsonSchema jsonThatIsNoObject() {
    return JsonSchema.ofType("array", "string", "number", "boolean", "null")
        .says("A row that is JSON but no object, as it was written.");
  }

  private static JsonSchema addition() {
    return JsonSchema.object()
        .says("Adds to the number that the row has; nodes that do so at once agree on the sum.")
        .property("__op__", JsonSchema.only("add"))
        .property("value", JsonSchema.ofType("number"))
        .required("__op__")
        .required("value");
  }

  private static JsonSchema descriptionOfTable() {
    return JsonSchema.object()
        .property("name", JsonSchema.text())
        .property("description", JsonSchema.text())
        .property("database", JsonSchema.text())
        .property("table", JsonSchema.text())
        .property("path", JsonSchema.text())
        .property("primaryKey", JsonSchema.text())
        .property("sealed", JsonSchema.flag())
        .property(
            "attributes",
            JsonSchema.listOf(
                JsonSchema.object()
                    .property("name", JsonSchema.text())
                    .property("type", JsonSchema.text().says("As the schema writes it."))
                    .required("name")
                    .required("type")))
        .property(
            "records",
            JsonSchema.object()
                .property("count", JsonSchema.ofType("integer"))
                .property("exact", JsonSchema.flag().says("Whether all rows were counted."))
                .required("count")
                .required("exact"))
        .required("name")
        .required("attributes")
        .required("records");
  }

  private static JsonSchema importOfRows() {
    return JsonSchema.object()
        .property("imported", JsonSchema.ofType("integer"))
        .property("faulty", JsonSchema.ofType("integer"))
        .property("faults", faults())
        .required("imported")
        .required("faulty")
        .required("faults");
  }

  private static JsonSchema explainedQuery() {
    return JsonSchema.object()
        .property("plan", JsonSchema.object().says("How rows are found, as a tree."))
        .property("indexEntriesRead", JsonSchema.ofType("integer"))
        .property("rowsRead", JsonSchema.ofType("integer"))
        .property("rowsReturned", JsonSchema.ofType("integer"))
        .property("sortedInMemory", JsonSchema.flag())
        .required("plan")
        .required("rowsRead")
        .required("rowsReturned");
  }

  private static JsonSchema historyEntry() {
    return EventSchemas.entry(
            JsonSchema.ofType("string", "integer"), List.of("put", "delete", "message"))
        .property("origin", JsonSchema.text().says("The node that made the change."))
        .property("user", JsonSchema.text().says("Who made it, where that is known."))
        .property(
            "superseded",
            JsonSchema.flag()
                .says("A later change was here first, so that nobody was told of this one."))
        .required("origin");
  }
}
