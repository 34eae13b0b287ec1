package dev.lyrebird.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the answer to a WebSocket's handshake and the text frames behind it. */
public final class FrameDecoder implements Decoder<String> {

  private static final int WHOLE_TEXT = 0x80 | RawWebSocket.TEXT;
  private static final int WHOLE_PING = 0x80 | RawWebSocket.PING;

  private final Unread bytes = new Unread();
  private boolean isOpen;

  @Override
  public List<String> take(byte[] more) {
    bytes.add(more);
    if (!isOpen) {
      String head = bytes.takeThrough("\r\n\r\n");
      if (head == null) {
        return List.of();
      }
      if (!head.startsWith("HTTP/1.1 101 ")) {
        throw new AssertionError("no upgrade: " + head);
      }
      isOpen = true;
    }
    List<String> texts = new ArrayList<>();
    for (int length = headLength(); length > 0; length = headLength()) {
      byte[] head = bytes.take(length);
      byte[] payload = bytes.take(payloadLength(head));
      switch (head[0] & 0xff) {
        case WHOLE_TEXT -> texts.add(new String(payload, StandardCharsets.UTF_8));
        case WHOLE_PING -> {
          // Nobody stays connected long enough to be missed.
        }
        default -> throw new AssertionError("neither text nor ping but " + (head[0] & 0xff));
      }
    }
    return texts;
  }

  /** How long the head of the next frame is, if all of the frame has come; otherwise 0. */
  private int headLength() {
    if (bytes.size() < 2) {
      return 0;
    }
    int length = 2 + lengthBytes(bytes.at(1));
    return bytes.size() >= length && bytes.size() - length >= payloadLength(bytes.peek(length))
        ? length
        : 0;
  }

  private static int payloadLength(byte[] head) {
    return switch (lengthBytes(head[1])) {
      case 2 -> ByteBuffer.wrap(head, 2, 2).getShort() & 0xffff;
      case 8 -> Math.toIntExact(ByteBuffer.wrap(head, 2, 8).getLong());
      default -> head[1];
    };
  }

  /** RFC 6455 §5.2; a server masks nothing, so the length stands alone in its byte. */
  private static int lengthBytes(int second) {
    return second < 126 ? 0 : second == 126 ? 2 : 8;
  }
}
