package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Content in gzip, wherever it is cut and however it is damaged. */
final class GzipContentTest {

  private static final byte[] TEXT =
      "what is said twice, is said twice".repeat(700).getBytes(UTF_8);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  /** Reads content in pieces of a size. */
  private static byte[] read(byte[] coded, int size) {
    GzipContent content = new GzipContent();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int from = 0; from < coded.length; from += size) {
      content.feed(Arrays.copyOfRange(coded, from, Math.min(coded.length, from + size)));
      byte[] next;
      while ((next = content.next()) != null) {
        assertTrue(next.length <= 8192, "pieces are small");
        read.writeBytes(next);
      }
    }
    content.end();
    return read.toByteArray();
  }

  @Test
  void piecesMakeNoDifference() {
    byte[] coded = gzip(TEXT);
    for (int size : new int[] {1, 2, 7, 100, coded.length}) {
      assertArrayEquals(TEXT, read(coded, size), "in pieces of " + size);
    }
  }

  @Test
  void membersFollowOneAnother() {
    byte[] two = join(gzip("a".getBytes(UTF_8)), gzip("b".getBytes(UTF_8)));

    assertEquals("ab", new String(read(two, 3), UTF_8));
    assertEquals("ab", new String(read(two, two.length), UTF_8));
  }

  @Test
  void headMayHoldAllThatItCan() {
    byte[] plain = gzip(TEXT);
    byte[] head =
        HexFormat.of()
            .parseHex("1f8b081e00000000" + "0003" + "0200" + "aabb" + "6e00" + "6300" + "0000");
    byte[] full = join(head, Arrays.copyOfRange(plain, 10, plain.length));

    assertArrayEquals(TEXT, read(full, 1));
    assertArrayEquals(TEXT, read(full, full.length));
  }

  @Test
  void endThatIsMissingIsFoundOut() {
    byte[] coded = gzip(TEXT);
    for (int length = 0; length < coded.length; length++) {
      byte[] cut = Arrays.copyOf(coded, length);
      RefusedException refused =
          assertThrows(RefusedException.class, () -> read(cut, cut.length + 1));
      assertEquals("the content is no gzip: it ends too early", refused.refusal().detail());
    }
  }

  @Test
  void damageIsFoundOut() {
    byte[] coded = gzip(TEXT);
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = coded.clone();
      int at = 10 + random.nextInt(coded.length - 10);
      damaged[at] ^= (byte) (1 + random.nextInt(255));
      try {
        assertArrayEquals(TEXT, read(damaged, 1 + random.nextInt(200)));
      } catch (RefusedException e) {
        assertEquals(Refusal.Reason.BAD_REQUEST, e.refusal().reason());
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "-Dseed=%d byte %d of %s".formatted(seed, at, HexFormat.of().formatHex(damaged)), e);
      }
    }
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }
}
