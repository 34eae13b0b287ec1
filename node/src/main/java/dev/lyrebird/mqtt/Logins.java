package dev.lyrebird.mqtt;

import dev.lyrebird.auth.ScramCredential;
import dev.lyrebird.auth.ScramSha256;
import dev.lyrebird.auth.Users;
import io.vertx.core.WorkerExecutor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in to the node by MQTT, and how. Passwords take milliseconds to check, which happens
 * on threads of its own; what waits for them is bounded. Any thread may use it.
 */
public final class Logins {

  /** Beyond, the node is busy: a client would time out before its turn comes. */
  private static final int MOST_WAITING = 1000;

  private final @Nullable Users users;
  private final boolean isRequired;
  private final Supplier<String> nonces;
  private final WorkerExecutor checks;
  private final LoginDelays delays;
  private final AtomicInteger waiting = new AtomicInteger();

  /** What became of a password. */
  enum Check {
    RIGHT,
    WRONG,
    BUSY
  }

  /**
   * @param users who may log in; null where whatever clients say of themselves is taken unproven
   * @param isRequired whether a client that proves nothing is refused; needs users
   * @param nonces gives random text of printable characters without commas, never the same again
   * @param checks checks passwords
   */
  public Logins(
      @Nullable Users users,
      boolean isRequired,
      Supplier<String> nonces,
      WorkerExecutor checks,
      InstantSource clock) {
    this.users = users;
    this.isRequired = isRequired;
    this.nonces = nonces;
    this.checks = checks;
    this.delays = new LoginDelays(clock);
  }

  /** Tells whether a client that proves nothing is refused. */
  boolean isRequired() {
    return isRequired;
  }

  /** Tells whether there is anything to prove. */
  boolean hasUsers() {
    return users != null;
  }

  LoginDelays delays() {
    return delays;
  }

  /**
   * Begins an exchange of enhanced authentication, or returns null where the method is not known.
   */
  @Nullable ScramSha256 exchange(String method) {
    return users != null && method.equals(ScramSha256.NAME) ? new ScramSha256(users, nonces) : null;
  }

  /** Returns the user of a name, or null where there is none. */
  @Nullable String known(String name) {
    return users == null ? null : users.known(name);
  }

  /**
   * Checks a password; a name that nobody has takes as long.
   *
   * @param told what is told the outcome, by any thread
   */
  void check(String name, byte[] password, Consumer<Check> told) {
    if (users == null) {
      told.accept(Check.WRONG);
    } else if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      told.accept(Check.BUSY);
    } else {
      ScramCredential credential = users.credential(name);
      boolean isKnown = users.known(name) != null;
      checks
          .executeBlocking(() -> credential.isOf(text(password)) && isKnown, false)
          .onSuccess(isRight -> tell(isRight ? Check.RIGHT : Check.WRONG, told))
          .onFailure(stopping -> tell(Check.BUSY, told));
    }
  }

  private void tell(Check outcome, Consumer<Check> told) {
    waiting.decrementAndGet();
    told.accept(outcome);
  }

  /** What is no UTF-8 is nobody's password; it becomes a text that SASLprep prohibits. */
  private static String text(byte[] password) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(password)).toString();
    } catch (CharacterCodingException e) {
      return "\u0000";
    }
  }
}
