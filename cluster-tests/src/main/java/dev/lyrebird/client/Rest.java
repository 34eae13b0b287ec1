package dev.lyrebird.client;

import dev.lyrebird.harness.Addresses;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests to one node's HTTP port, on Java's own HttpClient. Safe for any number of threads. */
public final class Rest implements AutoCloseable {

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();
  private final Addresses node;

  public Rest(Addresses node) {
    this.node = node;
  }

  public HttpResponse<byte[]> get(String path) {
    return send("GET", path, "", "");
  }

  public HttpResponse<byte[]> delete(String path) {
    return send("DELETE", path, "", "");
  }

  public HttpResponse<byte[]> put(String path, String json) {
    return send("PUT", path, "application/json", json);
  }

  public HttpResponse<byte[]> patch(String path, String json) {
    return send("PATCH", path, "application/json", json);
  }

  public HttpResponse<byte[]> post(String path, String json) {
    return send("POST", path, "application/json", json);
  }

  /** Replaces a row if it still has the entity tag with which it was read. */
  public HttpResponse<byte[]> putIfMatch(String path, String tag, String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return send(request("PUT", path, "application/json", body).header("If-Match", tag));
  }

  /** Any request; an empty {@code mediaType} sends no body. */
  public HttpResponse<byte[]> send(String method, String path, String mediaType, String body) {
    return send(method, path, mediaType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Any request with any bytes; an empty {@code mediaType} sends no body. */
  public HttpResponse<byte[]> send(String method, String path, String mediaType, byte[] body) {
    return send(request(method, path, mediaType, body));
  }

  private HttpRequest.Builder request(String method, String path, String mediaType, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.http(path)).timeout(Duration.ofSeconds(20));
    return mediaType.isEmpty()
        ? request.method(method, BodyPublishers.noBody())
        : request
            .header("Content-Type", mediaType)
            .method(method, BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder asked) {
    HttpRequest request = asked.build();
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new AssertionError(request + " got no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted during " + request, e);
    }
  }

  /** The body of an answer as text. */
  public static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
