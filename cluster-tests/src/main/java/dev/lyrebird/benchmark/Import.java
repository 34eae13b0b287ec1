package dev.lyrebird.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One HTTP request that brings in rows, a line of JSON each. Sends as fast as the server reads. */
final class Import implements Wire.Dialogue {

  private final SampleRows rows;
  private final int count;
  private int sent;
  private @Nullable HttpContent answer;
  private boolean isAnswered;

  /** Brings in the first so many rows. */
  Import(SampleRows rows, int count) {
    this.rows = rows;
    this.count = count;
  }

  /** Begins the request. */
  void begin(Wire wire, String path) {
    long length = (long) count * (SampleRows.BYTES + 1);
    String head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, "application/x-ndjson", length);
    wire.out().put(head.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends as many rows as there is room for; returns whether there were any. */
  boolean send(Wire wire) throws IOException {
    int before = sent;
    while (sent < count && wire.out().remaining() > SampleRows.BYTES) {
      wire.out().put(rows.line(sent++));
    }
    wire.flush();
    return sent > before;
  }

  boolean isAnswered() {
    return isAnswered;
  }

  @Override
  public void take(ByteBuffer in, Wire wire) {
    if (answer == null) {
      answer = HttpContent.begun(in);
    }
    isAnswered = answer != null && answer.take(in);
  }

  @Override
  public boolean isReady() {
    return true;
  }
}
