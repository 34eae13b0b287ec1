package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.OpenApi.Header;
import java.util.Map;

/** Header fields of answers. Each stands once among the components. */
enum CommonHeader {
  ETAG("ETag", "The version of the row, for conditions (RFC 9110 §8.8.3)."),
  LAST_MODIFIED("Last-Modified", "When the row was written last (RFC 9110 §8.8.2)."),
  CONTENT_RANGE("Content-Range", "Which part it is (RFC 9110 §14.4)."),
  LOCATION("Location", "The path of the new row."),
  ALLOW("Allow", "The methods that the path takes."),
  ACCEPT_PATCH("Accept-Patch", "The types that are merged into rows (RFC 5789 §3.1)."),
  RETRY_AFTER("Retry-After", "In how many seconds the node had better be asked again."),
  HISTORY_FROM(
      "Lyrebird-History-From",
      "Since when the journal tells all, in milliseconds, where that is less than was asked for.");

  private final String field;
  private final String description;

  CommonHeader(String field, String description) {
    this.field = field;
    this.description = description;
  }

  /** As it stands in an answer. */
  String field() {
    return field;
  }

  Reference reference() {
    return new Reference("#/components/headers/" + field);
  }

  /** Adds all of them to the components of a document. */
  static void addTo(Map<String, Header> components) {
    for (CommonHeader each : values()) {
      components.put(each.field, new Header(each.description, JsonSchema.text()));
    }
  }
}
