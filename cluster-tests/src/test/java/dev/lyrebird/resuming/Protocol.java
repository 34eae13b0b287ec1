package dev.lyrebird.resuming;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.client.Decoder;
import dev.lyrebird.client.EventDecoder;
import dev.lyrebird.client.FrameDecoder;
import dev.lyrebird.client.RawWebSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** How a stream is asked for and what it tells, for those that go on by a cursor. */
enum Protocol {
  EVENTS {
    @Override
    String request(String path, String cursor) {
      return "GET "
          + path
          + "?ready=true HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
          + (cursor.isEmpty() ? "" : "Last-Event-ID: " + cursor + "\r\n")
          + "\r\n";
    }

    @Override
    Decoder<Step> decoder(String cursor) {
      EventDecoder events = new EventDecoder(cursor);
      return bytes ->
          events.take(bytes).stream()
              .map(event -> new Step(event.id(), Told.of(Told.parse(event.data()))))
              .toList();
    }
  },
  FRAMES {
    @Override
    String request(String path, String cursor) {
      String since =
          cursor.isEmpty() ? "" : "&since=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      return RawWebSocket.handshake(
          path + "?ready=true&cursor=true" + since, "Sec-WebSocket-Version: 13");
    }

    @Override
    Decoder<Step> decoder(String cursor) {
      FrameDecoder frames = new FrameDecoder();
      return bytes -> frames.take(bytes).stream().map(Protocol::step).toList();
    }
  };

  /**
   * One event or frame.
   *
   * @param cursor where the client stands with it; empty if it does not say
   */
  record Step(String cursor, Told told) {}

  /** The head of the request for a stream that goes on behind {@code cursor}; empty for none. */
  abstract String request(String path, String cursor);

  /** What reads the answer to that request. */
  abstract Decoder<Step> decoder(String cursor);

  private static Step step(String frame) {
    JsonNode json = Told.parse(frame);
    return new Step(json.path("cursor").asText(), Told.of(json));
  }
}
