package dev.lyrebird.journal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Tells text in UTF-8 from other bytes (RFC 3629). */
public final class Utf8 {

  private Utf8() {}

  /**
   * Tells whether bytes are text in UTF-8: without overlong characters, halves of surrogate pairs,
   * and what lies above U+10FFFF.
   */
  public static boolean isWellFormed(byte[] bytes) {
    return isAscii(bytes) || isDecodable(bytes);
  }

  private static boolean isAscii(byte[] bytes) {
    int all = 0;
    for (byte b : bytes) {
      all |= b;
    }
    return all >= 0;
  }

  private static boolean isDecodable(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
