package dev.lyrebird.hosting;

import dev.lyrebird.api.Context;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Room;
import dev.lyrebird.api.Tables;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client as a test makes it up. */
record TestContext(
    Tables tables,
    Protocol protocol,
    String path,
    Map<String, String> parameters,
    String queryText,
    Map<String, String> headers)
    implements Context {

  /** A client at the route {@code sensors/{id*}}, or at {@code sensors} where there is no id. */
  static TestContext at(Tables tables, Protocol protocol, String id, String queryText) {
    return new TestContext(
        tables,
        protocol,
        "sensors/" + id,
        id.isEmpty() ? Map.of() : Map.of("id", id),
        queryText,
        Map.of());
  }

  TestContext with(String header, String value) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(headers);
    all.put(header, value);
    return new TestContext(tables, protocol, path, parameters, queryText, all);
  }

  @Override
  public @Nullable String user() {
    return null;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public Map<String, List<String>> query() {
    return Map.of();
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  @Override
  public Room room(String name) {
    throw new UnsupportedOperationException("there are no rooms here");
  }

  @Override
  public Room everybody() {
    throw new UnsupportedOperationException("there are no rooms here");
  }

  @Override
  public HttpClient http() {
    throw new UnsupportedOperationException("no test asks other servers");
  }
}
