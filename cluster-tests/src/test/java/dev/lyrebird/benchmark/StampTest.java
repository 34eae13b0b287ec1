package dev.lyrebird.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StampTest {

  private static final long SOME_TIME = 1_000_012_345_678_901L;

  @Test
  void theShortestPayloadIsAJsonObjectWithTheStamp() throws IOException {
    byte[] payload = Stamp.payload(Stamp.SHORTEST_PAYLOAD);
    Stamp.write(payload, SOME_TIME);
    assertEquals(Stamp.SHORTEST_PAYLOAD, payload.length);
    assertEquals(SOME_TIME, new ObjectMapper().readTree(payload).get("ts").longValue());
  }

  @Test
  void aStampIsFoundInWhateverWrapsIt() {
    byte[] payload = Stamp.payload(128);
    Stamp.write(payload, SOME_TIME);
    String event = "data: {\"value\":" + new String(payload, StandardCharsets.UTF_8) + "}\n\n";
    ByteBuffer bytes = ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8));
    assertEquals(SOME_TIME, Stamp.find(bytes, 0, bytes.limit()));
  }

  @Test
  void payloadIsJsonBeforeItIsStamped() {
    String payload = new String(Stamp.payload(64), StandardCharsets.UTF_8);
    assertEquals(Long.toString(1_000_000_000_000_000L), payload.substring(6, 22));
  }

  @Test
  void aCutStampIsNoStamp() {
    ByteBuffer bytes = ByteBuffer.wrap("{\"ts\":100001234567890".getBytes(StandardCharsets.UTF_8));
    assertEquals(0, Stamp.find(bytes, 0, bytes.limit()));
  }

  @Test
  void timeHasSixteenDigits() {
    assertEquals(16, Long.toString(new Stamp().now()).length());
  }
}
