package dev.lyrebird.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Compresses the content of one answer, in one piece or page by page. What comes out depends on the
 * content alone and not on its pages, so that HEAD can tell how long it is. Owned by the event loop
 * of its connection.
 *
 * <p>The server could compress by itself, but not leave out event streams, which it would delay,
 * nor give compressed content an entity tag of its own.
 */
final class Compression {

  /** What is shorter gains nothing. */
  static final int MIN_BYTES = 1024;

  private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
  private final OutputStream compressor;

  Compression(Coding coding) {
    try {
      compressor = coding.over(compressed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compresses a part and returns what there is to send by now; often nothing. */
  byte[] part(byte[] content) {
    try {
      compressor.write(content);
      return taken();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compresses the last part and returns the rest that there is to send. */
  byte[] last(byte[] content) {
    try {
      compressor.write(content);
      compressor.close();
      return taken();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives up before the last part; what the compressor holds may be outside of Java's memory. */
  void close() {
    try {
      compressor.close();
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
