package dev.lyrebird.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.client.PacketDecoder.Packet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Decoders find the same units in a stream of bytes wherever that is cut. */
final class DecoderTest {

  private static final String TEXT_FRAME = "\u0081";
  private static final String PING_FRAME = "\u0089\u0000";

  @Test
  void eventsAreTakenOutOfChunks() {
    assertWhole(
        String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Transfer-Encoding: chunked",
            "",
            "d",
            "id: 7\ndata: o",
            "4",
            "ne\n\n",
            ""),
        () -> new EventDecoder(""),
        List.of(new ServerSentEvent("7", "message", "one")));
  }

  @Test
  void framesOfAnyLengthAreFound() {
    String longer = "x".repeat(300);
    assertWhole(
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"
            + (TEXT_FRAME + "\u0003one")
            + (TEXT_FRAME + "~\u0001," + longer) // 126, then 1 * 256 + 44
            + PING_FRAME
            + (TEXT_FRAME + "\u0000"),
        FrameDecoder::new,
        List.of("one", longer, ""));
  }

  @Test
  void packetsOfAnyLengthAreFound() {
    String longer = "x".repeat(200);
    assertWhole(
        "2\u0003one" + ("0\u00c8\u0001" + longer) + "\u00d0\u0000",
        PacketDecoder::new,
        List.of(packet(0x32, "one"), packet(0x30, longer), packet(0xd0, "")));
  }

  private static Packet packet(int head, String body) {
    return new Packet(head, ByteBuffer.wrap(bytes(body)));
  }

  private static <T> void assertWhole(String bytes, Supplier<Decoder<T>> decoders, List<T> units) {
    for (int cut = 0; cut < bytes.length(); cut++) {
      Decoder<T> decoder = decoders.get();
      List<T> found = new ArrayList<>(decoder.take(bytes(bytes.substring(0, cut))));
      found.addAll(decoder.take(bytes(bytes.substring(cut))));
      assertEquals(units, found, "cut at " + cut);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
