package dev.lyrebird.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of the node. Each call waits: for a virtual thread that costs nobody anything.
 *
 * <pre>{@code
 * Table sensors = context.tables().table("Sensors");
 * sensors.put("w1", new Reading(21.5, "kitchen"));
 * sensors.patch("w1", Map.of("count", Map.of("__op__", "add", "value", 1)));
 * try (Rows<Reading> hot = sensors.query("temp=gt=50&sort(-temp)&limit(10)", Reading.class)) {
 *   for (Reading each : hot) ...
 * }
 * }</pre>
 *
 * <p>What is given as a row or a message is a {@link Message}, text, bytes, or what Jackson writes
 * as JSON. A JSON object is a structured row: it is held against the schema, and shown with its
 * key. All else is kept byte for byte, with its media type; so is a {@code String}, which is plain
 * text.
 *
 * <p>What is refused is a {@link ProblemException} of the status that REST answers with: 400 an id,
 * JSON or a query at fault, 404, 409, 412, 422 a row that does not fit the schema, 503 too much to
 * do, or no answer within 30 s: then it is not known whether a write was carried out. 504: it was,
 * but too few other nodes have told in time that they have it. A thread that is interrupted while
 * it waits is told so by a {@link java.util.concurrent.CancellationException}, and stays
 * interrupted.
 *
 * <p>When a write returns, it is as durable as an answer of REST says. Any thread may call, but an
 * event loop's.
 */
public interface Table {

  /** Returns the name of its type in the schema. */
  String name();

  /** Returns a row as it stands, or null where there is none. */
  default @Nullable Row row(String id) {
    return row(id, "");
  }

  /**
   * Returns what is selected of a row, or null where there is none.
   *
   * @param query empty, or {@code select(...)} as in a URL
   */
  @Nullable Row row(String id, String query);

  /**
   * Returns what the table's own path answers to GET: the row whose id is all of {@code path}, or
   * where there is none, an attribute of a row: {@code w1.temp}. Of an attribute the id, the
   * version and the time are the row's, and the content is the JSON of its value.
   *
   * @param path an id, or the id of a row, a dot, and an attribute that the schema declares; not
   *     one that is named like a format, since {@code w1.csv} asks REST for that format
   * @param query empty, or {@code select(...)} of a row as in a URL
   * @return null where there is no such row, or it has no such attribute
   */
  @Nullable Row at(String path, String query);

  /** Returns the content of a row, or null where there is none. */
  default @Nullable Message get(String id) {
    Row row = row(id);
    return row == null ? null : row.content();
  }

  /**
   * Returns a row as an object, as {@link Row#as} does, or null where there is none.
   *
   * @throws IllegalStateException where it is none of that type
   */
  default <T> @Nullable T get(String id, Class<T> type) {
    Row row = row(id);
    return row == null ? null : row.as(type);
  }

  /** Replaces a row, or creates it. */
  Written put(String id, Object row);

  /**
   * Replaces a row that has not changed since it was read.
   *
   * @param version {@link Row#version}
   * @throws ProblemException 412 where it has, or is gone
   */
  Written putIf(String id, Object row, String version);

  /**
   * Merges a JSON object into a row, attribute by attribute. {@code {"n": {"__op__": "add",
   * "value": 1}}} adds to a number, whoever else does at the same time.
   *
   * @throws ProblemException 404 where there is no such row
   */
  Written patch(String id, Object attributes);

  /** Merges into a row that has not changed since it was read; otherwise 412. */
  Written patchIf(String id, Object attributes, String version);

  /** Removes a row; tells whether it was there. */
  boolean delete(String id);

  /** Removes a row that has not changed since it was read; otherwise 412. */
  void deleteIf(String id, String version);

  /**
   * Removes all rows that pass a condition, each as it stands when it goes: one that others change
   * meanwhile stays if it no longer passes.
   *
   * <p>That is no single step. Where it is refused on its way, or the thread is interrupted, or one
   * page of rows takes longer than 30 s, some rows may be gone; a refusal tells how many.
   *
   * <pre>{@code
   * long gone = sensors.deleteAll("attic/", "temp=lt=0");
   * }</pre>
   *
   * @param prefix what their ids begin with; empty for all
   * @param query which of these, in the words of {@link #rows(String, String)}: a condition, and
   *     {@code sort(...)} and {@code limit(...)} for the first of them alone
   * @return how many were removed, without those that others were faster to remove
   * @throws ProblemException 400 where the query has no condition, so that no table is emptied by
   *     what was forgotten; where it selects anything, does not fit the table, or costs more than
   *     queries may
   */
  long deleteAll(String prefix, String query);

  /**
   * Creates a row under the id that its key attribute holds, or else under a fresh one.
   *
   * @throws ProblemException 409 where there is such a row
   */
  Written insert(Object row);

  /**
   * Creates a row.
   *
   * @throws ProblemException 409 where there is such a row
   */
  Written insert(String id, Object row);

  /**
   * Creates rows, all or none, as {@link #insert(Object)} does each; at most 10,000.
   *
   * @return one for each row, in their order
   * @throws ProblemException that tells of all rows at fault, by their place counted from 0
   */
  List<Written> insertAll(List<?> rows);

  /** Replaces or creates rows, all or none, each under the id that its key attribute holds. */
  List<Written> putAll(List<?> rows);

  /** Sends a message to the topic of a row, which leaves the row alone, be it there or not. */
  void publish(String id, Object message);

  /** Reads all rows. */
  default Rows<Row> rows() {
    return rows("", "");
  }

  /**
   * Reads rows.
   *
   * @param prefix what their ids begin with; empty for all
   * @param query which of these, in which order, how many, and what of each, as in a URL; empty for
   *     all. Blanks and letters of all languages may stand in it as they are; what a value has of
   *     {@code % & | ( ) [ ] , =} is written as %-escapes
   */
  Rows<Row> rows(String prefix, String query);

  /** Reads the rows that a query finds, see {@link #rows(String, String)}. */
  default Rows<Row> query(String query) {
    return rows("", query);
  }

  /** Reads the rows that a query finds as objects, see {@link Row#as}. */
  default <T> Rows<T> query(String query, Class<T> type) {
    return query(query).map(row -> row.as(type));
  }

  /** Returns what the whole table's stream sends, see {@link #changes(String, String)}. */
  default OutgoingMessages changes() {
    return changes("", "");
  }

  /**
   * Returns what the table's own stream sends: the rows as they are, then what happens, each as
   * {@code {"id": ..., "localTime": ..., "value": ..., "version": ..., "type": ...}}. On an event
   * stream each event carries its cursor as its id. An MQTT subscription to one row is sent what
   * the row holds and what is published, as it is, and an empty message when the row goes.
   *
   * <p>A client that is slow costs no memory and is not cut off: it goes on from its place in the
   * journal when it has room. Ends with the connection.
   *
   * @param ids empty for all rows, {@code "a/"} for those whose ids begin so, else the id of one
   * @param query of the stream, as in a URL: {@code omitCurrent since startTime previousCount ready
   *     cursor conflate}, a condition, {@code select(...)}
   * @throws ProblemException 400 where the query does not fit the table
   */
  OutgoingMessages changes(String ids, String query);

  /**
   * Returns the same, as a client asks for it: by the query of its URL, and beginning behind the
   * last event that it has had where it comes back to an event stream.
   */
  OutgoingMessages changes(String ids, Context context);

  /**
   * Follows the table in code of one's own, see {@link #changes(String, String)}. To be closed when
   * it is no longer read.
   */
  Changes follow(String ids, String query);

  /** Returns a resource that behaves as this table does at its own path. */
  default Resource asResource() {
    return new TableResource(name());
  }
}
