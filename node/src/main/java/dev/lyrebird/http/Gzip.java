package dev.lyrebird.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses the content of one answer, in one piece or page by page. Owned by the event loop of
 * its connection.
 *
 * <p>The server could compress by itself, but not leave out event streams, which it would delay,
 * nor give compressed content an entity tag of its own.
 */
final class Gzip {

  /** What is shorter gains nothing. */
  static final int MIN_BYTES = 1024;

  private static final int BUFFER_BYTES = 512;

  private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
  private final GZIPOutputStream gzip;

  Gzip() {
    try {
      gzip = new GZIPOutputStream(compressed, BUFFER_BYTES, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compresses a part and returns all that there is to send by now. */
  byte[] part(byte[] content) {
    try {
      gzip.write(content);
      gzip.flush();
      return taken();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compresses the last part and returns the rest that there is to send. */
  byte[] last(byte[] content) {
    try {
      gzip.write(content);
      gzip.close();
      return taken();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] taken() {
    byte[] bytes = compressed.toByteArray();
    compressed.reset();
    return bytes;
  }
}
