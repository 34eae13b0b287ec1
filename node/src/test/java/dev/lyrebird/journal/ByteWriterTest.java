package dev.lyrebird.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@link ByteWriter} writes, {@link ByteReader} reads; what ends early it refuses. */
final class ByteWriterTest {
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void numbersComeBackAtEveryLength() {
    for (int bits = 0; bits <= 64; bits++) {
      long value = bits == 0 ? 0 : random.nextLong() >>> (64 - bits);
      ByteWriter out = new ByteWriter(0);
      out.varint(value);
      out.fixed64(value);
      ByteBuffer in = ByteBuffer.wrap(out.toByteArray());
      assertEquals(value, ByteReader.varint(in), this::replay);
      assertEquals(value, in.getLong(), this::replay);
      assertFalse(in.hasRemaining(), this::replay);
    }
  }

  @Test
  void aSmallNumberTakesOneByte() {
    assertEquals(1, varint(127).length);
    assertEquals(2, varint(128).length);
    assertEquals(10, varint(-1).length);
  }

  @Test
  void bytesAndStringsComeBack() {
    byte[] bytes = new byte[random.nextInt(100_000)];
    random.nextBytes(bytes);
    ByteWriter out = new ByteWriter(1);
    out.bytes(bytes);
    out.string("naïve \u0000 日本 \uD83D\uDE00");
    out.string("");
    ByteBuffer in = ByteBuffer.wrap(out.toByteArray());
    assertArrayEquals(bytes, ByteReader.bytes(in), this::replay);
    assertEquals("naïve \u0000 日本 \uD83D\uDE00", ByteReader.string(in));
    assertEquals("", ByteReader.string(in));
  }

  @Test
  void aStringIsReadFromTheMiddleOfAnArray() {
    ByteWriter out = new ByteWriter(1);
    out.octet(7);
    out.string("abc");
    byte[] all = out.toByteArray();
    assertEquals("abc", ByteReader.string(ByteBuffer.wrap(all, 1, all.length - 1).slice()));
  }

  @Test
  void whatEndsEarlyIsRefused() {
    byte[] whole = varint(Long.MIN_VALUE);
    for (int length = 0; length < whole.length; length++) {
      ByteBuffer in = ByteBuffer.wrap(Arrays.copyOf(whole, length));
      assertThrows(BufferUnderflowException.class, () -> ByteReader.varint(in));
    }
  }

  @Test
  void aVarintOfElevenBytesIsRefused() {
    byte[] endless = new byte[11];
    Arrays.fill(endless, (byte) 0x80);
    assertThrows(ArithmeticException.class, () -> ByteReader.varint(ByteBuffer.wrap(endless)));
  }

  @Test
  void aForgedLengthIsRefusedBeforeRoomIsMadeForIt() {
    for (long forged : new long[] {2, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      ByteWriter out = new ByteWriter(16);
      out.varint(forged);
      out.octet('a');
      byte[] bytes = out.toByteArray();
      assertThrows(BufferUnderflowException.class, () -> ByteReader.bytes(ByteBuffer.wrap(bytes)));
      assertThrows(BufferUnderflowException.class, () -> ByteReader.string(ByteBuffer.wrap(bytes)));
    }
  }

  private static byte[] varint(long value) {
    ByteWriter out = new ByteWriter(16);
    out.varint(value);
    return out.toByteArray();
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
