package dev.lyrebird.acceptance;

import dev.lyrebird.client.SseClient;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Addresses;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A subscriber to a table that, after each crash of the node, continues behind the last event it
 * saw. Owned by the test's thread.
 */
sealed interface ResumingSubscriber extends AutoCloseable {

  /** Connects, and continues where the last connection ended. */
  void connect(Addresses node, String path);

  /** Takes over everything that came until the node died. */
  void disconnected();

  /** The JSON of every event since the first connection, through the one with {@code mark}. */
  List<String> awaitThrough(String mark);

  @Override
  void close();

  /** By {@code Last-Event-ID}. */
  final class OfEvents implements ResumingSubscriber {
    private final List<String> events = new ArrayList<>();
    private String lastEventId = "";
    private SseClient client;

    OfEvents(Addresses node, String path) {
      client = SseClient.open(node.http(path));
    }

    @Override
    public void connect(Addresses node, String path) {
      client = SseClient.resume(node.http(path), lastEventId);
    }

    @Override
    public void disconnected() {
      var _ = client.inbox().awaitEnd();
      client.inbox().all().forEach(event -> events.add(event.data()));
      lastEventId = client.lastEventId();
    }

    @Override
    public List<String> awaitThrough(String mark) {
      List<String> all = new ArrayList<>(events);
      client
          .inbox()
          .awaitThrough(event -> event.data().contains(mark))
          .forEach(event -> all.add(event.data()));
      return all;
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** By the {@code cursor} that each frame carries, and {@code since}. */
  final class OfFrames implements ResumingSubscriber {
    private static final Pattern CURSOR = Pattern.compile(",\"cursor\":\"([^\"]*)\"}$");

    private final List<String> events = new ArrayList<>();
    private String cursor = "";
    private WebSocketClient client;

    OfFrames(Addresses node, String path) {
      client = WebSocketClient.open(node.webSocket(path + "?cursor=true"));
    }

    @Override
    public void connect(Addresses node, String path) {
      String since = URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      client = WebSocketClient.open(node.webSocket(path + "?cursor=true&since=" + since));
    }

    @Override
    public void disconnected() {
      var _ = client.inbox().awaitEnd();
      events.addAll(client.inbox().all());
      cursor = cursorOf(events.getLast());
    }

    @Override
    public List<String> awaitThrough(String mark) {
      List<String> all = new ArrayList<>(events);
      all.addAll(client.inbox().awaitThrough(frame -> frame.contains(mark)));
      return all;
    }

    @Override
    public void close() {
      client.close();
    }

    private static String cursorOf(String frame) {
      Matcher match = CURSOR.matcher(frame);
      if (!match.find()) {
        throw new AssertionError("no cursor in " + frame);
      }
      return match.group(1);
    }
  }
}
