package dev.lyrebird.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in, as a file tells it: one user on each line, the name, a space, and the {@link
 * ScramCredential}. Empty lines, and those that begin with {@code #}, say nothing.
 *
 * <p>Nobody can find out who there is: for names that nobody has, a credential is made up that
 * looks like the others, always the same for a name, and that no password fits. Never changes; any
 * thread may use it.
 */
public final class Users {

  private static final int SALT_BYTES = 16;

  private final Map<String, ScramCredential> credentials;

  /** Of what credentials are made up: known to nobody who does not know the file. */
  private final byte[] secret;

  /** How many iterations a made-up credential asks for: what most others do. */
  private final int usualIterations;

  private Users(SortedMap<String, ScramCredential> credentials) {
    this.credentials = Map.copyOf(credentials);
    this.secret = secret(credentials);
    int[] iterations =
        credentials.values().stream().mapToInt(ScramCredential::iterations).sorted().toArray();
    this.usualIterations = iterations[iterations.length / 2];
  }

  /**
   * Reads the lines of a file.
   *
   * @throws IllegalArgumentException naming the line and what is wrong with it
   */
  public static Users parse(List<String> lines) {
    SortedMap<String, ScramCredential> credentials = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          add(line, credentials);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("line %d: %s".formatted(i + 1, e.getMessage()), e);
        }
      }
    }
    if (credentials.isEmpty()) {
      throw new IllegalArgumentException("there is no user; make a line with lyrebird scram-user");
    }
    return new Users(credentials);
  }

  /**
   * Returns the line of one user.
   *
   * @throws IllegalArgumentException where nobody may have that name
   */
  public static String line(String name, ScramCredential credential) {
    return prepared(name) + " " + credential;
  }

  private static void add(String line, Map<String, ScramCredential> credentials) {
    int space = line.lastIndexOf(' ');
    ScramCredential credential = ScramCredential.parse(line.substring(space + 1));
    String name = prepared(line.substring(0, Math.max(space, 0)).strip());
    if (credentials.put(name, credential) != null) {
      throw new IllegalArgumentException("there is another line for the user " + name);
    }
  }

  private static String prepared(String name) {
    String prepared = SaslPrep.stored(name);
    if (prepared == null) {
      throw new IllegalArgumentException(
          "the name has characters that SASLprep (RFC 4013) prohibits, such as controls");
    }
    if (prepared.isBlank() || prepared.startsWith("#") || !prepared.strip().equals(prepared)) {
      throw new IllegalArgumentException(
          "expected a name, which has no space at its ends and does not begin with #");
    }
    return prepared;
  }

  private static byte[] secret(SortedMap<String, ScramCredential> credentials) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    credentials.forEach((name, credential) -> {
      all.writeBytes(name.getBytes(UTF_8));
      all.writeBytes(credential.serverKey());
    });
    return Hashes.hash(all.toByteArray());
  }

  /** Returns the name as the file has it, or null where nobody has it. */
  public @Nullable String known(String name) {
    String prepared = SaslPrep.query(name);
    return prepared != null && credentials.containsKey(prepared) ? prepared : null;
  }

  /** Returns the credential of a user, or one that is made up where nobody has the name. */
  public ScramCredential credential(String name) {
    String prepared = SaslPrep.query(name);
    ScramCredential own = prepared == null ? null : credentials.get(prepared);
    return own == null ? madeUp(prepared == null ? name : prepared) : own;
  }

  private ScramCredential madeUp(String name) {
    byte[] salt = Arrays.copyOf(Hashes.hmac(secret, "salt " + name), SALT_BYTES);
    byte[] key = Hashes.hmac(secret, "key " + name);
    return new ScramCredential(usualIterations, salt, key, key);
  }
}
