package dev.lyrebird.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The functions of RFC 5802 §2.2 over SHA-256, by its names. */
final class Hashes {

  /** Bytes of what each of them returns. */
  static final int BYTES = 32;

  private static final String HMAC = "HmacSHA256";
  private static final String HI = "PBKDF2WithHmacSHA256";

  private Hashes() {}

  /** Returns {@code H(bytes)}. */
  static byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw absent(e);
    }
  }

  /** Returns {@code HMAC(key, text)}. */
  static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw absent(e);
    }
  }

  /** Returns {@code Hi(password, salt, iterations)}, which is slow so that guessing is. */
  static byte[] stretch(String password, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance(HI).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw absent(e);
    } finally {
      spec.clearPassword();
    }
  }

  private static IllegalStateException absent(GeneralSecurityException e) {
    return new IllegalStateException("every Java has SHA-256, HMAC and PBKDF2 over it", e);
  }
}
