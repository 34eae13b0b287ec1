package dev.lyrebird.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A resource that behaves as a table does at its own path, made to be extended: override a method
 * to validate, enrich or derive, and call {@code super} for the rest. It is not final, unlike most
 * classes, for that reason alone.
 *
 * <pre>{@code
 * public final class Sensors extends TableResource {
 *   public Sensors() {
 *     super("Sensors");
 *   }
 *
 *   @Override
 *   public @Nullable Object put(Message content, Context context) throws Exception {
 *     Reading reading = content.as(Reading.class);
 *     if (reading.temp() < -273.15) {
 *       throw new ProblemException(422, "temp is below absolute zero");
 *     }
 *     return super.put(Message.json(reading.withUnit("C")), context);
 *   }
 *
 *   @Override
 *   public @Nullable Object patch(Message content, Context context) {
 *     throw new NotOffered(); // a reading is whole
 *   }
 *
 *   @Override
 *   public @Nullable Object post(Message content, Context context) {
 *     throw new NotOffered(); // and is put under the name of its sensor
 *   }
 * }
 * router.resource("/sensors/{id*}", new Sensors());
 * }</pre>
 *
 * <p>Three methods write rows: {@code put}, {@code patch} and {@code post}. What one of them checks
 * the others do not: override them all, if only to offer them no longer.
 *
 * <p>Which row is meant is said by the part {@code id} of the path, so by a route that ends in
 * {@code {id*}}; a route without that part, and a path that ends in a slash, mean the rows of the
 * table, or those whose ids begin so. {@link #id} says otherwise where it is overridden.
 *
 * <table>
 * <caption>What is answered</caption>
 * <tr><th>Client</th><th>Row</th><th>Rows</th></tr>
 * <tr><td>GET</td><td>200 with {@code ETag}, 304, 404; behind its id {@code .temp} for one
 * attribute</td><td>200 with an array</td></tr>
 * <tr><td>PUT</td><td>201, 204</td><td>204: an array of rows, all or none</td></tr>
 * <tr><td>PATCH</td><td>204, 404</td><td>405</td></tr>
 * <tr><td>POST</td><td>202: {@link #publish}</td><td>201 with {@code Location}, 409; of an
 * array, all or none</td></tr>
 * <tr><td>DELETE</td><td>204, 404</td><td>200 with {@code {"deleted": n}}: those that pass the
 * condition of the query; 400 without one</td></tr>
 * <tr><td>stream</td><td colspan="2">the table's, {@link Table#changes}</td></tr>
 * <tr><td>message</td><td>{@link #publish}</td><td>{@code {"id", "value", "type"}}: the method of
 * that row and type</td></tr>
 * </table>
 *
 * <p>{@code If-Match}, {@code If-None-Match} and dates hold as at the table's own path.
 */
public class TableResource implements Resource {

  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain";
  private static final String BINARY = "application/octet-stream";

  private final String name;

  /**
   * @param table its name, as {@link Tables#table} takes it; it is looked up with each call, so
   *     that this can be made before the node starts
   */
  public TableResource(String table) {
    this.name = table;
  }

  /** Returns the table. */
  protected final Table table(Context context) {
    return context.tables().table(name);
  }

  /**
   * Returns the id of the row that a client means, the beginning of such ids with a slash at its
   * end, or nothing for all rows.
   */
  protected String id(Context context) {
    String id = context.parameters().getOrDefault("id", "");
    boolean meansRows = context.path().endsWith("/") && !id.isEmpty() && !id.endsWith("/");
    return meansRows ? id + '/' : id;
  }

  @Override
  public @Nullable Object get(Context context) throws Exception {
    String id = id(context);
    if (meansRows(id)) {
      return list(id, context);
    }
    Row row = table(context).at(id, context.queryText());
    if (row == null) {
      return null;
    }
    return switch (Preconditions.of(context).judgeRead(row)) {
      case HOLDS -> shown(row, 200).with(row.content());
      case NOT_MODIFIED -> shown(row, 304);
      case FAILS -> throw Preconditions.failed();
    };
  }

  private static Response shown(Row row, int status) {
    return tagged(status, row.version()).with("Last-Modified", Preconditions.date(row.changedAt()));
  }

  private static Response tagged(int status, String version) {
    return Response.of(status).with("ETag", '"' + version + '"');
  }

  private Message list(String prefix, Context context) {
    ListText list = new ListText(ListText.MOST_BYTES);
    try (Rows<Row> rows = table(context).rows(prefix, context.queryText())) {
      for (Row row : rows) {
        list.add(row.content());
      }
    }
    return list.message();
  }

  @Override
  public @Nullable Object put(Message content, Context context) throws Exception {
    List<Message> rows = meansRows(id(context)) ? rows(declared(content, context)) : null;
    if (rows != null) {
      table(context).putAll(rows);
      return Response.of(204);
    }
    return write(content, context, Table::put, Table::insert, Table::putIf);
  }

  @Override
  public @Nullable Object patch(Message content, Context context) throws Exception {
    return write(content, context, Table::patch, null, Table::patchIf);
  }

  /** Writes content to a row. */
  @FunctionalInterface
  private interface Plain {
    Written write(Table table, String id, Message content);
  }

  /** Writes content to one version of a row. */
  @FunctionalInterface
  private interface IfVersion {
    Written write(Table table, String id, Message content, String version);
  }

  private Response write(
      Message given, Context context, Plain plain, @Nullable Plain ifAbsent, IfVersion ifVersion) {
    String id = rowId(context);
    Table table = table(context);
    Message content = declared(given, context);
    Written written =
        Preconditions.of(context)
            .carryOut(
                table,
                id,
                () -> plain.write(table, id, content),
                ifAbsent == null ? null : () -> ifAbsent.write(table, id, content),
                version -> ifVersion.write(table, id, content, version));
    return tagged(written.isCreated() ? 201 : 204, written.version());
  }

  @Override
  public @Nullable Object delete(Context context) throws Exception {
    if (context.protocol() == Protocol.REST && meansRows(id(context))) {
      return deleteAll(id(context), context);
    }
    String id = rowId(context);
    Table table = table(context);
    return Preconditions.of(context)
        .carryOut(
            table,
            id,
            () -> deleted(table.delete(id), context),
            null,
            version -> {
              table.deleteIf(id, version);
              return deleted(true, context);
            });
  }

  /** The query of a connection picks what it hears, and no rows to delete: this is for REST. */
  private Response deleteAll(String prefix, Context context) {
    if (!Preconditions.of(context).isEmpty()) {
      throw new ProblemException(
          400, "If-Match and the like are about one row; DELETE it by itself");
    }
    long deleted = table(context).deleteAll(prefix, context.queryText());
    return Response.of(200).with(Map.of("deleted", deleted));
  }

  /** To take away what is not there is a fault in REST alone. */
  private static Response deleted(boolean wasThere, Context context) {
    if (!wasThere && context.protocol() == Protocol.REST) {
      throw Preconditions.absent();
    }
    return Response.of(204);
  }

  @Override
  public @Nullable Object post(Message content, Context context) throws Exception {
    if (!meansRows(id(context))) {
      publish(content, context);
      return Response.of(202);
    }
    Message created = declared(content, context);
    if (!isJson(created)) {
      throw new ProblemException(
          415, "rows are created of %s, not %s".formatted(JSON, content.contentType()));
    }
    List<Message> rows = rows(created);
    if (rows != null) {
      List<String> ids = table(context).insertAll(rows).stream().map(Written::id).toList();
      return Response.of(201).with(Message.json(ids));
    }
    Written written = table(context).insert(created);
    String path = context.path().endsWith("/") ? context.path() : context.path() + '/';
    return tagged(201, written.version())
        .with("Location", '/' + PathText.encode(path + written.id()))
        .with(Message.json(written.id()));
  }

  /**
   * Sends a message to the row's topic. Where the path means rows, the message names one of them:
   * {@code {"id": ..., "value": ..., "type": "message"|"put"|"patch"|"delete"}}.
   */
  @Override
  public void publish(Message message, Context context) throws Exception {
    String id = id(context);
    if (meansRows(id)) {
      Frame.of(message).carryOut(this, id, context);
    } else {
      table(context).publish(id, declared(message, context));
    }
  }

  @Override
  public OutgoingMessages subscribe(Context context) throws Exception {
    return table(context).changes(id(context), context);
  }

  /** A message that names its row is allowed or not by what it asks for. */
  @Override
  public OutgoingMessages connect(IncomingMessages incoming, Context context) throws Exception {
    return Conversation.beside(
        subscribe(context),
        incoming,
        message -> {
          if (!meansRows(id(context))) {
            Conversation.check(this, Action.PUBLISH, context);
          }
          publish(message, context);
        });
  }

  private String rowId(Context context) {
    String id = id(context);
    if (meansRows(id)) {
      throw new ProblemException(405, "the path names no row; put the id of one behind it");
    }
    return id;
  }

  private static boolean meansRows(String id) {
    return id.isEmpty() || id.endsWith("/");
  }

  /** Where nobody has said what the content is, JSON is known by looking. */
  private static Message declared(Message content, Context context) {
    boolean isVague =
        switch (context.protocol()) {
          case REST, SSE -> content.contentType().equals(BINARY);
          case WEB_SOCKET, MQTT ->
              content.contentType().equals(BINARY) || content.contentType().equals(TEXT);
        };
    return isVague && Json.isJson(content.bytes())
        ? Message.of(content.bytes(), JSON, true)
        : content;
  }

  private static @Nullable List<Message> rows(Message content) {
    return isJson(content) ? Json.elements(content.bytes()) : null;
  }

  private static boolean isJson(Message content) {
    return content.contentType().startsWith(JSON);
  }
}
