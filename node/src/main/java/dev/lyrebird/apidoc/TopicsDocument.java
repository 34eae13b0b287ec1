package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.AsyncApi.Channel;
import dev.lyrebird.apidoc.AsyncApi.Components;
import dev.lyrebird.apidoc.AsyncApi.Message;
import dev.lyrebird.apidoc.AsyncApi.Operation;
import dev.lyrebird.apidoc.AsyncApi.Server;
import dev.lyrebird.schema.Export;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The AsyncAPI document of a node: topics over MQTT, streams over WebSocket and events. */
public final class TopicsDocument {

  private static final String SPECIFICATION = "3.0.0";
  private static final String JSON = "application/json";

  private static final String TITLE = "Lyrebird: tables as topics and streams";

  private static final String DESCRIPTION =
      """
      A topic is a path is a key: what is retained at a topic is the row of that path. A stream tells
      the current rows, then each change; what its query picks is told alone. `/openapi.json`
      describes the same paths over REST.\
      """;

  private static final String PUT = "put";
  private static final String DELETE = "delete";
  private static final String MESSAGE = "message";
  private static final String ANYTHING = "anything";
  private static final String FRAME = "frame";

  /** What any stream may tell beside its events. */
  private static final List<String> NOTICES = List.of("ready", "reset", "error");

  private final Offer offer;
  private final List<Conversation> conversations = new ArrayList<>();
  private final Map<String, Message> messages = new LinkedHashMap<>();
  private final Map<String, JsonSchema> schemas = new LinkedHashMap<>();

  private TopicsDocument(Offer offer) {
    this.offer = offer;
  }

  /** Returns the document, in JSON. */
  public static byte[] of(Offer offer) {
    TopicsDocument document = new TopicsDocument(offer);
    document.addCommonMessages();
    offer.tables().forEach(document::addTable);
    document.addFilter();
    CommonSchemas.addForEventsTo(document.schemas);
    return DocumentText.of(document.whole());
  }

  private AsyncApi.Document whole() {
    Map<String, Server> servers = new LinkedHashMap<>();
    for (NodeServer server : NodeServer.values()) {
      servers.put(server.component(), server.server(offer));
    }
    Map<String, Channel> channels = new LinkedHashMap<>();
    Map<String, Operation> operations = new LinkedHashMap<>();
    for (Conversation conversation : conversations) {
      channels.put(conversation.name(), conversation.channel());
      conversation.addTo(operations);
    }
    return new AsyncApi.Document(
        SPECIFICATION,
        new AsyncApi.About(TITLE, offer.version(), DESCRIPTION),
        JSON,
        servers,
        channels,
        operations,
        new Components(schemas, messages));
  }

  private void addCommonMessages() {
    JsonSchema id = JsonSchema.ofType("string", "integer");
    add(PUT, "A row is, or becomes, this", EventSchemas.put(id, JsonSchema.any()));
    add(DELETE, "A row is gone, or passes no longer", EventSchemas.delete(id));
    add(MESSAGE, "A message to a topic", EventSchemas.message(id));
    add("ready", "The client has had all there was; told where it asks", EventSchemas.ready());
    add("reset", "The journal lacks what was missed; rows follow", EventSchemas.reset());
    add("error", "A frame of the client was not taken", EventSchemas.error());
    add(
        FRAME,
        "Something to do with the row of a topic",
        EventSchemas.frame(JsonSchema.text().says("The topic."), JsonSchema.any()));
    add(ANYTHING, "A message to the topic of the row", JsonSchema.any());
  }

  private void add(String name, String summary, JsonSchema payload) {
    messages.put(name, new Message(summary, JSON, payload));
  }

  private void addTable(TableDefinition table) {
    RowSchemas rows = new RowSchemas(table);
    List<NodeServer> streams = streams(table);
    boolean hasTopics = table.isExportedOn(Protocol.MQTT);
    if (streams.isEmpty() && !hasTopics) {
      return;
    }
    rows.addTo(schemas);
    if (hasTopics) {
      addTopic(table, rows);
    }
    if (!streams.isEmpty()) {
      addStreams(table, rows, streams);
    }
  }

  private List<NodeServer> streams(TableDefinition table) {
    return NodeServer.STREAMS.stream()
        .filter(server ->
            switch (server) {
              case WEB_SOCKET -> offer.hasWebSocket() && table.isExportedOn(Protocol.WEB_SOCKET);
              case EVENTS -> offer.hasSse() && table.isExportedOn(Protocol.SSE);
              case MQTT -> false;
            })
        .toList();
  }

  private void addTopic(TableDefinition table, RowSchemas rows) {
    String retained = table.typeName() + "_retained";
    add(
        retained,
        "Retained: the row, or no content where it is deleted; other content is kept as it is",
        JsonSchema.anyOf(List.of(rows.written(), CommonSchemas.otherJson())));
    List<String> both = List.of(retained, ANYTHING);
    conversations.add(
        new Conversation(
            table.typeName() + "_topic",
            export(table).pathOf("{id}"),
            table.description(),
            Map.of("id", "The id of the row, slashes included; a filter may have wildcards here."),
            List.of(NodeServer.MQTT),
            both,
            both));
  }

  private void addStreams(TableDefinition table, RowSchemas rows, List<NodeServer> streams) {
    String put = table.typeName() + "_put";
    String frame = table.typeName() + "_frame";
    add(put, "A row is, or becomes, this", EventSchemas.put(rows.id(), value(rows)));
    add(frame, "Something to do with a row", EventSchemas.frame(rows.id(), JsonSchema.any()));
    boolean takesFrames = streams.contains(NodeServer.WEB_SOCKET);
    String path = PathText.ofRows(export(table));
    conversations.add(
        new Conversation(
            table.typeName() + "_row",
            path + "{id}",
            "Follows one row. " + table.description(),
            Map.of("id", "The id of the row; slashes are part of it."),
            streams,
            events(put),
            takesFrames ? List.of(ANYTHING) : List.of()));
    conversations.add(
        new Conversation(
            table.typeName() + "_rows",
            path + "{prefix}",
            "Follows the rows below a prefix, or all. " + table.description(),
            Map.of("prefix", "What ids begin with, up to a slash and with it; empty for all rows."),
            streams,
            events(put),
            takesFrames ? List.of(frame) : List.of()));
  }

  private void addFilter() {
    List<NodeServer> streams =
        NodeServer.STREAMS.stream()
            .filter(server ->
                offer.tables().stream().anyMatch(table -> streams(table).contains(server)))
            .toList();
    if (streams.isEmpty()) {
      return;
    }
    conversations.add(
        new Conversation(
            "filter",
            "/{filter}",
            "Follows all topics that a topic filter of MQTT matches, whichever table has them.",
            Map.of("filter", "A topic filter, with `+` and `#` for levels; `#` is written `%23`."),
            streams,
            events(PUT),
            streams.contains(NodeServer.WEB_SOCKET) ? List.of(FRAME) : List.of()));
  }

  private static List<String> events(String put) {
    return Stream.concat(Stream.of(put, DELETE, MESSAGE), NOTICES.stream()).toList();
  }

  private static JsonSchema value(RowSchemas rows) {
    return JsonSchema.anyOf(
        List.of(rows.shown(), CommonSchemas.otherJson(), CommonSchemas.opaqueRow()));
  }

  private static Export export(TableDefinition table) {
    return Objects.requireNonNull(table.export());
  }
}
