package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which coding a client gets, and what is in it. */
final class CodingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | -",
        "'' | -",
        "identity | -",
        "deflate, zstd | -",
        "GZIP;q=0.1 | GZIP",
        "x-gzip | GZIP",
        "gzip;q=0, * | BROTLI",
        "identity;q=0.5, * | BROTLI",
        "gzip, deflate, br | BROTLI",
        "gzip, br;q=0.9 | GZIP",
        "br;q=0, * | GZIP",
        "gzip;q=0.5, identity | -",
        "*;q=0 | -"
      })
  void clientGetsWhatItLikesBest(String field, Coding expected) {
    assumeTrue(Coding.BROTLI.isAvailable());
    assertEquals(expected, Coding.accepted(field));
  }

  @ParameterizedTest
  @EnumSource
  void contentComesBackAndPagesMakeNoDifference(Coding coding) throws IOException {
    assumeTrue(coding.isAvailable());
    byte[] content = "what is said twice, is said twice".repeat(20_000).getBytes(UTF_8);
    byte[] whole = new Compression(coding).last(content);
    assertTrue(whole.length < content.length / 10);
    try (InputStream in = decoded(coding, whole)) {
      assertArrayEquals(content, in.readAllBytes());
    }
    for (int size : new int[] {999, 70_000, 300_000}) {
      assertArrayEquals(whole, inPages(coding, content, size), "in pages of " + size);
    }
  }

  private static InputStream decoded(Coding coding, byte[] bytes) throws IOException {
    InputStream in = new ByteArrayInputStream(bytes);
    return switch (coding) {
      case BROTLI -> new BrotliInputStream(in);
      case GZIP -> new GZIPInputStream(in);
    };
  }

  private static byte[] inPages(Coding coding, byte[] content, int size) {
    Compression compression = new Compression(coding);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    int from = 0;
    for (; from + size < content.length; from += size) {
      sent.writeBytes(compression.part(Arrays.copyOfRange(content, from, from + size)));
    }
    sent.writeBytes(compression.last(Arrays.copyOfRange(content, from, content.length)));
    return sent.toByteArray();
  }
}
