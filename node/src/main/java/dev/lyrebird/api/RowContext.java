package dev.lyrebird.api;

import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The context of a client, as if it had named one row by its path.
 *
 * @param of the client's own
 * @param prefix with which the ids begin that its path means
 * @param id of the row
 */
record RowContext(Context of, String prefix, String id) implements Context {

  @Override
  public String path() {
    String path = of.path();
    String table =
        path.endsWith(prefix) ? path.substring(0, path.length() - prefix.length()) : path;
    return table.isEmpty() || table.endsWith("/") ? table + id : table + '/' + id;
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new HashMap<>(of.parameters());
    parameters.put("id", id);
    return Map.copyOf(parameters);
  }

  @Override
  public Protocol protocol() {
    return of.protocol();
  }

  @Override
  public @Nullable String user() {
    return of.user();
  }

  @Override
  public String remoteAddress() {
    return of.remoteAddress();
  }

  @Override
  public Map<String, List<String>> query() {
    return of.query();
  }

  @Override
  public String queryText() {
    return of.queryText();
  }

  @Override
  public @Nullable String header(String name) {
    return of.header(name);
  }

  @Override
  public Room room(String name) {
    return of.room(name);
  }

  @Override
  public Room everybody() {
    return of.everybody();
  }

  @Override
  public Tables tables() {
    return of.tables();
  }

  @Override
  public HttpClient http() {
    return of.http();
  }
}
