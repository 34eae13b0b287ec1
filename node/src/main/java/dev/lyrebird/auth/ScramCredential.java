package dev.lyrebird.auth;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the node keeps of a password (RFC 5802 §3): enough to tell who knows it, too little to log
 * in with. Written as RFC 5803 has it, which is how PostgreSQL stores passwords as well:
 *
 * <pre>SCRAM-SHA-256$&lt;iterations&gt;:&lt;salt&gt;$&lt;StoredKey&gt;:&lt;ServerKey&gt;</pre>
 *
 * <p>with everything but the number in Base64. Never changes; any thread may use it.
 */
public final class ScramCredential {

  /** RFC 7677 §4: the least that is still thought to slow down who guesses. */
  public static final int LEAST_ITERATIONS = 4096;

  /** More would let one login keep a core busy for seconds. */
  public static final int MOST_ITERATIONS = 10_000_000;

  private static final Pattern WRITTEN =
      Pattern.compile(
          Pattern.quote(ScramSha256.NAME) + "\\$(\\d{1,9}):([^$:]+)\\$([^$:]+):([^$:]+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  ScramCredential(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
  }

  /**
   * Makes one of a password. Takes a while, as it is meant to.
   *
   * @param salt random bytes that no other credential has
   * @param iterations {@link #LEAST_ITERATIONS} to {@link #MOST_ITERATIONS}
   * @throws IllegalArgumentException where the password is empty or has characters that SASLprep
   *     (RFC 4013) prohibits
   */
  public static ScramCredential of(String password, byte[] salt, int iterations) {
    if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) {
      throw new IllegalArgumentException(
          "%d iterations, but there must be %d to %d"
              .formatted(iterations, LEAST_ITERATIONS, MOST_ITERATIONS));
    }
    String prepared = SaslPrep.stored(password);
    if (prepared == null) {
      throw new IllegalArgumentException(
          "the password has characters that SASLprep (RFC 4013) prohibits, such as controls");
    }
    if (prepared.isEmpty()) {
      throw new IllegalArgumentException("the password is empty");
    }
    return derived(prepared, salt, iterations);
  }

  /**
   * Reads what {@link #toString} has written.
   *
   * @throws IllegalArgumentException telling what is expected
   */
  public static ScramCredential parse(String text) {
    Matcher parts = WRITTEN.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "expected SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>");
    }
    int iterations = Integer.parseInt(parts.group(1));
    if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) {
      throw new IllegalArgumentException(
          "%d iterations, but there must be %d to %d"
              .formatted(iterations, LEAST_ITERATIONS, MOST_ITERATIONS));
    }
    byte[] salt = base64("salt", parts.group(2));
    byte[] storedKey = base64("StoredKey", parts.group(3));
    byte[] serverKey = base64("ServerKey", parts.group(4));
    if (storedKey.length != Hashes.BYTES || serverKey.length != Hashes.BYTES) {
      throw new IllegalArgumentException(
          "StoredKey and ServerKey are the Base64 of %d bytes each".formatted(Hashes.BYTES));
    }
    return new ScramCredential(iterations, salt, storedKey, serverKey);
  }

  int iterations() {
    return iterations;
  }

  byte[] salt() {
    return salt;
  }

  byte[] serverKey() {
    return serverKey;
  }

  /**
   * Tells whether this was made of that password. Takes a while, and as long for a wrong one; no
   * event loop may wait for it.
   */
  public boolean isOf(String password) {
    String prepared = SaslPrep.query(password);
    ScramCredential given = derived(prepared == null ? "" : prepared, salt, iterations);
    return MessageDigest.isEqual(given.storedKey, storedKey) && prepared != null;
  }

  /**
   * Tells whether a proof is of the password that this was made of (RFC 5802 §3, ClientProof).
   *
   * @param message what both sides have said so far, AuthMessage
   */
  boolean isProvenBy(byte[] proof, String message) {
    byte[] signature = Hashes.hmac(storedKey, message);
    if (proof.length != signature.length) {
      return false;
    }
    byte[] clientKey = new byte[proof.length];
    for (int i = 0; i < proof.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    return MessageDigest.isEqual(Hashes.hash(clientKey), storedKey);
  }

  private static ScramCredential derived(String password, byte[] salt, int iterations) {
    byte[] salted = Hashes.stretch(password, salt, iterations);
    return new ScramCredential(
        iterations,
        salt,
        Hashes.hash(Hashes.hmac(salted, "Client Key")),
        Hashes.hmac(salted, "Server Key"));
  }

  private static byte[] base64(String name, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " is no Base64", e);
    }
  }

  /** Returns it as it stands in a file of users. It is no password, but a secret all the same. */
  @Override
  public String toString() {
    Base64.Encoder base64 = Base64.getEncoder();
    return "%s$%d:%s$%s:%s"
        .formatted(
            ScramSha256.NAME,
            iterations,
            base64.encodeToString(salt),
            base64.encodeToString(storedKey),
            base64.encodeToString(serverKey));
  }
}
