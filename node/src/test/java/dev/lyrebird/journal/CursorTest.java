package dev.lyrebird.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** A cursor comes back as it went, and nothing else is taken for one. */
final class CursorTest {
  private static final int ROUNDS = 2_000;
  private static final int TABLE = Cursor.tableKey("data", "sensors");
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void comesBackAsItWent() {
    for (int i = 0; i < ROUNDS; i++) {
      Cursor cursor = cursor(random.nextInt(4), random.nextInt(5));
      assertEquals(cursor, Cursor.decode(cursor.encode()), this::replay);
      Cursor astray = new Cursor(cursor.vectors(), true);
      assertEquals(astray, Cursor.decode(astray.encode()), this::replay);
    }
  }

  @Test
  void takesMoreOriginsThanAByteCounts() {
    Cursor cursor = cursor(2, 300);
    assertEquals(cursor, Cursor.decode(cursor.encode()), this::replay);
  }

  @Test
  void staysShort() {
    assertTrue(bytes(cursor(1, 1)) < 24);
    assertTrue(bytes(cursor(1, 3)) < 60);
  }

  @Test
  void knowsOnlyItsTables() {
    VersionVector vector = vector(1);
    Cursor cursor = Cursor.of(TABLE, vector);
    assertEquals(vector, cursor.vector(TABLE));
    assertNull(cursor.vector(Cursor.tableKey("data", "topics")));
  }

  @Test
  void everyBeginningOfACursorIsRefused() {
    String text = cursor(2, 3).encode();
    for (int length = 0; length < text.length(); length++) {
      assertRefused(text.substring(0, length));
    }
  }

  @Test
  void aCursorWithOneCharacterChangedIsRefused() {
    String text = cursor(2, 3).encode();
    for (int at = 0; at < text.length(); at++) {
      for (char other : (ALPHABET + "+/=\0\u00e9\u2028").toCharArray()) {
        if (other != text.charAt(at)) {
          assertRefused(text.substring(0, at) + other + text.substring(at + 1));
        }
      }
    }
  }

  @Test
  void aCursorWithPaddingOrWhiteSpaceIsRefused() {
    String text = cursor(1, 1).encode();
    assertRefused(text + "=");
    assertRefused(text + "==");
    assertRefused(" " + text);
    assertRefused(text + "\n");
    assertRefused(text + text);
  }

  @Test
  void chanceTextIsRefused() {
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      assertRefused(new String(bytes, StandardCharsets.ISO_8859_1));
      assertRefused(Base64.getEncoder().encodeToString(bytes));
    }
  }

  @Test
  void forgedNumbersOfOriginsAreRefused() {
    byte[] endless = new byte[16];
    Arrays.fill(endless, (byte) -1);
    assertRefused(withCheckSum(endless));
    assertRefused(withCheckSum(new byte[] {0, 0, 0, 1, 127}));
  }

  /** With a right check sum, so that what it guards is read: still nothing but a refusal. */
  @Test
  void forgedContentIsRefusedOrRead() {
    for (int i = 0; i < ROUNDS; i++) {
      byte[] all = Base64.getUrlDecoder().decode(cursor(2, 2).encode());
      byte[] damaged = Arrays.copyOf(all, random.nextInt(all.length - 2));
      if (damaged.length > 0) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      String forged = withCheckSum(damaged);
      try {
        assertEquals(forged, Cursor.decode(forged).encode(), this::replay);
      } catch (RefusedException e) {
        assertEquals(Refusal.Reason.BAD_REQUEST, e.refusal().reason(), this::replay);
      }
    }
  }

  private static String withCheckSum(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(1);
    crc.update(content);
    int sum = (int) crc.getValue();
    byte[] all = Arrays.copyOf(content, content.length + 3);
    all[content.length] = (byte) (sum >>> 16);
    all[content.length + 1] = (byte) (sum >>> 8);
    all[content.length + 2] = (byte) sum;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  private void assertRefused(String text) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> Cursor.decode(text), this::replay);
    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason(), this::replay);
  }

  private static int bytes(Cursor cursor) {
    return Base64.getUrlDecoder().decode(cursor.encode()).length;
  }

  private Cursor cursor(int tables, int origins) {
    TreeMap<Integer, VersionVector> vectors = new TreeMap<>();
    for (int i = 0; i < tables; i++) {
      vectors.put(random.nextInt(), vector(origins));
    }
    return new Cursor(vectors);
  }

  private VersionVector vector(int origins) {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = 0; i < origins; i++) {
      vector = vector.with(new Timestamp(random.nextLong(1, 1L << 56), random.nextLong()));
    }
    return vector;
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
