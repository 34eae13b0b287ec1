package dev.lyrebird.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * An EventSource on Java's own HttpClient, without the automatic reconnect: a test resumes by
 * opening the next one with the last event id of this one.
 *
 * <p>A virtual thread reads until either side closes.
 */
public final class SseClient implements AutoCloseable {

  private final Inbox<ServerSentEvent> inbox = new Inbox<>();
  private final HttpClient http;
  private final HttpResponse<InputStream> response;
  private final EventStream stream;

  private SseClient(HttpClient http, HttpResponse<InputStream> response, String lastEventId) {
    this.http = http;
    this.response = response;
    this.stream = new EventStream(lastEventId);
  }

  /** Opens a stream from now; returns when the response's head has come. */
  public static SseClient open(URI uri) {
    return resume(uri, "");
  }

  /** Opens a stream that continues after {@code lastEventId}; empty for none. */
  public static SseClient resume(URI uri, String lastEventId) {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(20))
            .header("Accept", "text/event-stream");
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    try {
      HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw new AssertionError(
            uri
                + " answered "
                + response.statusCode()
                + ": "
                + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
      }
      SseClient client = new SseClient(http, response, lastEventId);
      Thread.ofVirtual().name("SSE " + uri).start(client::read);
      return client;
    } catch (IOException e) {
      throw new AssertionError("cannot open " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while opening " + uri, e);
    }
  }

  public Inbox<ServerSentEvent> inbox() {
    return inbox;
  }

  /** What a browser would send as Last-Event-ID when it reconnects now. */
  public synchronized String lastEventId() {
    return stream.lastEventId();
  }

  public synchronized OptionalLong retryMillis() {
    return stream.retryMillis();
  }

  public synchronized List<String> comments() {
    return stream.comments();
  }

  public String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(line);
      }
      inbox.end("the server ended the stream");
    } catch (IOException e) {
      inbox.end("the stream broke: " + e.getMessage());
    }
  }

  private synchronized void take(String line) {
    stream.take(line).ifPresent(inbox::add);
  }
}
