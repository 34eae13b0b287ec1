package dev.lyrebird.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the answer to a GET of an event stream: its head, the chunks, the events in them. */
public final class EventDecoder implements Decoder<ServerSentEvent> {

  private static final String LINE_END = "\r\n";

  private final Unread answer = new Unread();
  private final Unread body = new Unread();
  private final EventStream events;
  private boolean hasHead;
  private int chunkLeft;

  /** An answer to a request with this Last-Event-ID; empty for one without. */
  public EventDecoder(String lastEventId) {
    events = new EventStream(lastEventId);
  }

  @Override
  public List<ServerSentEvent> take(byte[] bytes) {
    answer.add(bytes);
    if (!hasHead) {
      String head = answer.takeThrough(LINE_END + LINE_END);
      if (head == null) {
        return List.of();
      }
      if (!head.startsWith("HTTP/1.1 200 ") || !head.toLowerCase(Locale.ROOT).contains("chunked")) {
        throw new AssertionError("no event stream: " + head);
      }
      hasHead = true;
    }
    unwrap();
    List<ServerSentEvent> told = new ArrayList<>();
    for (String line = body.takeThrough("\n"); line != null; line = body.takeThrough("\n")) {
      events.take(line).ifPresent(told::add);
    }
    return told;
  }

  /** Takes the content out of the chunks (RFC 9112 §7.1), as far as they have come. */
  private void unwrap() {
    while (answer.size() > 0) {
      if (chunkLeft == 0) {
        String size = answer.takeThrough(LINE_END);
        if (size == null) {
          return;
        }
        // The end of a chunk's content stands on the line before the next one's size.
        chunkLeft = size.isEmpty() ? 0 : Integer.parseInt(size, 16);
      } else {
        byte[] content = answer.take(Math.min(chunkLeft, answer.size()));
        chunkLeft -= content.length;
        body.add(content);
      }
    }
  }
}
