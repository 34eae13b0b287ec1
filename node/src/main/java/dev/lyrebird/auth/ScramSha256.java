package dev.lyrebird.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one exchange of SCRAM-SHA-256 (RFC 5802 with the hash of RFC 7677), without
 * channel binding.
 *
 * <pre>
 *   client                                            server
 *     |-- n,,n=user,r=nonce ----------------------------->|
 *     |<------------- r=nonce+more,s=salt,i=iterations ---|
 *     |-- c=biws,r=nonce+more,p=proof ------------------->|
 *     |<------------------------------ v=its own proof ---|
 * </pre>
 *
 * <p>Owned by whoever owns the connection.
 */
public final class ScramSha256 {

  /** Its name among the mechanisms of SASL. */
  public static final String NAME = "SCRAM-SHA-256";

  private final Users users;
  private final Supplier<String> nonces;
  private State state = new State.AwaitingFirst();

  private sealed interface State {

    record AwaitingFirst() implements State {}

    /**
     * The client has said who it is, and is to prove it.
     *
     * @param header {@code gs2-header}: what the client says about channel binding
     * @param first {@code client-first-message-bare}
     * @param challenge {@code server-first-message}
     * @param nonce that of both sides
     */
    record AwaitingProof(String user, String header, String first, String challenge, String nonce)
        implements State {}

    record Over() implements State {}
  }

  /** What the server does next. */
  public sealed interface Step {

    /** Sends the client a challenge. */
    record Challenge(String user, String message) implements Step {}

    /** Lets the client in, and tells it the proof that it is no other server. */
    record Accepted(String user, String message) implements Step {}

    /**
     * Sends the client away.
     *
     * @param user who it said to be; empty where it did not come to that
     * @param why for the log, not for the client
     */
    record Refused(String user, String why) implements Step {}
  }

  /** A message that is not as RFC 5802 §7 has it. */
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String detail) {
      super(detail, null, false, false);
    }
  }

  /**
   * Begins an exchange.
   *
   * @param nonces gives random text of printable characters without commas, never the same again
   */
  public ScramSha256(Users users, Supplier<String> nonces) {
    this.users = users;
    this.nonces = nonces;
  }

  /** Takes what the client says. Quick enough for an event loop. */
  public Step take(byte[] message) {
    State before = state;
    state = new State.Over();
    try {
      String text = text(message);
      return switch (before) {
        case State.AwaitingFirst _ -> challenge(text);
        case State.AwaitingProof asked -> verdict(asked, text);
        case State.Over _ -> throw new Malformed("the exchange is over");
      };
    } catch (Malformed e) {
      String user = before instanceof State.AwaitingProof asked ? asked.user : "";
      return new Step.Refused(user, String.valueOf(e.getMessage()));
    }
  }

  private Step challenge(String text) throws Malformed {
    int authorization = text.indexOf(',') + 1;
    int bare = text.indexOf(',', authorization) + 1;
    if (authorization == 0 || bare == 0) {
      throw new Malformed("no gs2-header");
    }
    // "y": the client could bind to a channel and believes that we cannot, which is so.
    String binding = text.substring(0, authorization - 1);
    if (!binding.equals("n") && !binding.equals("y")) {
      throw new Malformed("channel binding is not offered");
    }
    String first = text.substring(bare);
    Fields fields = new Fields(first);
    String user = name(fields.next('n'));
    String clientNonce = fields.next('r');
    if (clientNonce.isEmpty() || !isPrintable(clientNonce)) {
      throw new Malformed("the nonce is empty, or not printable");
    }
    String authorized = text.substring(authorization, bare - 1);
    if (!authorized.isEmpty() && !authorized.equals("a=" + escaped(user))) {
      return new Step.Refused(user, "it asks to act as another user");
    }
    ScramCredential credential = users.credential(user);
    String nonce = clientNonce + nonces.get();
    String salt = Base64.getEncoder().encodeToString(credential.salt());
    String challenge = "r=" + nonce + ",s=" + salt + ",i=" + credential.iterations();
    state = new State.AwaitingProof(user, text.substring(0, bare), first, challenge, nonce);
    return new Step.Challenge(user, challenge);
  }

  private Step verdict(State.AwaitingProof asked, String text) throws Malformed {
    Fields fields = new Fields(text);
    String binding = new String(base64(fields.next('c')), UTF_8);
    if (!binding.equals(asked.header)) {
      return new Step.Refused(asked.user, "what it says of channel binding has changed on its way");
    }
    if (!fields.next('r').equals(asked.nonce)) {
      return new Step.Refused(asked.user, "the nonce is not that of the challenge");
    }
    int end = text.lastIndexOf(",p=");
    if (end < 0) {
      throw new Malformed("no proof");
    }
    byte[] proof = base64(text.substring(end + ",p=".length()));
    String message = asked.first + "," + asked.challenge + "," + text.substring(0, end);
    ScramCredential credential = users.credential(asked.user);
    String known = users.known(asked.user);
    if (!credential.isProvenBy(proof, message) || known == null) {
      return new Step.Refused(asked.user, known == null ? "no such user" : "wrong password");
    }
    byte[] signature = Hashes.hmac(credential.serverKey(), message);
    return new Step.Accepted(known, "v=" + Base64.getEncoder().encodeToString(signature));
  }

  private static String text(byte[] message) throws Malformed {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("no UTF-8");
    }
  }

  /** Reads {@code saslname}: a comma stands as {@code =2C}, an equals sign as {@code =3D}. */
  private static String name(String escaped) throws Malformed {
    if (escaped.replace("=2C", "").replace("=3D", "").contains("=")) {
      throw new Malformed("the name has = without 2C or 3D behind it");
    }
    String name = escaped.replace("=2C", ",").replace("=3D", "=");
    if (name.isEmpty()) {
      throw new Malformed("the name is empty");
    }
    return name;
  }

  private static String escaped(String name) {
    return name.replace("=", "=3D").replace(",", "=2C");
  }

  private static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  private static byte[] base64(String text) throws Malformed {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new Malformed("what should be Base64 is none");
    }
  }

  /** The attributes of a message, which come in one order. What follows them is passed over. */
  private static final class Fields {

    private @Nullable String rest;

    Fields(String text) {
      this.rest = text;
    }

    /** An extension that must be understood, {@code m=}, is found here in another's place. */
    String next(char name) throws Malformed {
      String text = rest;
      if (text == null || text.length() < 2 || text.charAt(0) != name || text.charAt(1) != '=') {
        throw new Malformed("expected " + name + "=");
      }
      int comma = text.indexOf(',');
      rest = comma < 0 ? null : text.substring(comma + 1);
      return text.substring(2, comma < 0 ? text.length() : comma);
    }
  }
}
