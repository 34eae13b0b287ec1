package dev.lyrebird.api;

import java.time.Instant;

/**
 * A row as it stood when it was read. Where it is sent, returned, or written as JSON within another
 * object, it is its content.
 *
 * @param id its key
 * @param version of its latest change; equal where nothing has changed, and otherwise without
 *     meaning. It is what stands in the {@code ETag} of REST
 * @param changedAt when that was
 * @param content the row as REST shows it: JSON with its key, or bytes of another type
 */
public record Row(String id, String version, Instant changedAt, Message content) {

  /**
   * Returns the object that the row's JSON is, by Jackson. Attributes that the type does not know
   * are passed over.
   *
   * @throws IllegalStateException where it is none of that type
   */
  public <T> T as(Class<T> type) {
    return Json.fit("the row " + id, content.bytes(), type);
  }
}
