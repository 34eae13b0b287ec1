package dev.lyrebird.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the packets of an MQTT connection, behind their fixed headers ([MQTT-2.1]). */
public final class PacketDecoder implements Decoder<PacketDecoder.Packet> {

  private final Unread bytes = new Unread();

  /**
   * One packet.
   *
   * @param head its first byte: type and flags
   */
  public record Packet(int head, ByteBuffer body) {

    public int type() {
      return head >> 4;
    }
  }

  @Override
  public List<Packet> take(byte[] more) {
    bytes.add(more);
    List<Packet> packets = new ArrayList<>();
    for (int length = headLength(); length > 0; length = headLength()) {
      byte[] head = bytes.take(length);
      packets.add(new Packet(head[0] & 0xff, ByteBuffer.wrap(bytes.take(remainingLength(head)))));
    }
    return packets;
  }

  /** How long the head of the next packet is, if all of the packet has come; otherwise 0. */
  private int headLength() {
    for (int at = 1; at < bytes.size(); at++) {
      if (bytes.at(at) < 0x80) {
        int length = at + 1;
        return bytes.size() - length >= remainingLength(bytes.peek(length)) ? length : 0;
      }
    }
    return 0;
  }

  private static int remainingLength(byte[] head) {
    int length = 0;
    for (int at = head.length - 1; at > 0; at--) {
      length = (length << 7) | (head[at] & 0x7f);
    }
    return length;
  }
}
