package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.Scenario.Receiver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A WebSocket or an event stream. Both are read as HTTP answers without end in which every event
 * carries one stamp; frames, chunks and fields between are passed over.
 */
final class EventReceiver implements Wire.Dialogue {

  private static final int TEXT_FRAME = 0x81;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;

  private final Receiver kind;
  private final Stamp stamp;
  private final Receipts receipts;
  private boolean ready;

  EventReceiver(Receiver kind, Stamp stamp, Receipts receipts) {
    this.kind = kind;
    this.stamp = stamp;
    this.receipts = receipts;
  }

  /** The request that goes on with the stream at {@code path} behind a cursor. */
  static byte[] resumption(String path, String cursor) {
    return request(path, List.of("Accept: text/event-stream", "Last-Event-ID: " + cursor));
  }

  /** The request that opens the stream at {@code path}. */
  static byte[] request(Receiver kind, String path) {
    List<String> headers =
        switch (kind) {
          case SSE -> List.of("Accept: text/event-stream");
          case WEBSOCKET ->
              List.of(
                  "Connection: Upgrade",
                  "Upgrade: websocket",
                  "Sec-WebSocket-Version: 13",
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
          case MQTT -> throw new IllegalArgumentException("MQTT is no event stream");
        };
    return request(path, headers);
  }

  private static byte[] request(String path, List<String> headers) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n"
        .formatted(path, String.join("\r\n", headers))
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void take(ByteBuffer in, Wire wire) {
    if (!ready) {
      HttpHead head = HttpHead.take(in);
      if (head == null) {
        return;
      }
      if (head.status() != 200 && head.status() != 101) {
        throw new IllegalStateException("a receiver was answered " + head.status());
      }
      ready = true;
    }
    long now = stamp.now();
    if (kind == Receiver.WEBSOCKET) {
      takeFrames(in, wire, now);
    } else {
      takeEvents(in, now);
    }
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  private void takeFrames(ByteBuffer in, Wire wire, long now) {
    while (in.remaining() >= 4) {
      int start = in.position();
      int shortLength = in.get(start + 1);
      int head = shortLength < 126 ? 2 : 4;
      int length = shortLength < 126 ? shortLength : in.getShort(start + 2) & 0xffff;
      int end = start + head + length;
      if (end > in.limit()) {
        return;
      }
      int opcode = in.get(start) & 0xff;
      if (opcode == TEXT_FRAME) {
        received(in, start + head, end, now);
      } else if (opcode == PING) {
        wire.out().put((byte) PONG).put((byte) 0x80).putInt(0);
      }
      in.position(end);
    }
  }

  private void takeEvents(ByteBuffer in, long now) {
    int start = in.position();
    for (int at = start + 1; at < in.limit(); at++) {
      if (in.get(at) == '\n' && in.get(at - 1) == '\n') {
        received(in, start, at, now);
        start = at + 1;
      }
    }
    in.position(start);
  }

  private void received(ByteBuffer in, int start, int end, long now) {
    long sentAt = Stamp.find(in, start, end);
    if (sentAt > 0) {
      receipts.received(sentAt, now);
    }
  }
}
