package dev.lyrebird.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The client's side of SCRAM-SHA-256 (RFC 5802 §3), written down a second time. */
public final class ScramClient {

  private static final String NONCE = "fyko+d2lbbFgONRv9qkxdawL";

  private final String user;
  private final String password;
  private final String header;
  private String serversProof = "";

  /**
   * @param header {@code gs2-header}
   */
  public ScramClient(String user, String password, String header) {
    this.user = user;
    this.password = password;
    this.header = header;
  }

  /** Returns {@code client-first-message}. */
  public String first() {
    return header + bare();
  }

  private String bare() {
    return "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + NONCE;
  }

  /** Returns {@code client-final-message}, the answer to a {@code server-first-message}. */
  public String last(String challenge) {
    String[] parts = challenge.split(",", 3);
    String binding = Base64.getEncoder().encodeToString(header.getBytes(UTF_8));
    String withoutProof = "c=" + binding + "," + parts[0];
    String message = bare() + "," + challenge + "," + withoutProof;
    byte[] salted = salted(parts[1].substring(2), Integer.parseInt(parts[2].substring(2)));
    byte[] clientKey = hmac(salted, "Client Key");
    byte[] proof = hmac(hash(clientKey), message);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= clientKey[i];
    }
    byte[] signature = hmac(hmac(salted, "Server Key"), message);
    serversProof = "v=" + Base64.getEncoder().encodeToString(signature);
    return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
  }

  /** Returns the {@code server-final-message} that only one who knows the password can send. */
  public String serversProof() {
    return serversProof;
  }

  private byte[] salted(String salt, int iterations) {
    byte[] bytes = Base64.getDecoder().decode(salt);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(new PBEKeySpec(password.toCharArray(), bytes, iterations, 256))
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
