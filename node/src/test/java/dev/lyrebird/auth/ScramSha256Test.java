package dev.lyrebird.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lyrebird.auth.ScramSha256.Step;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exchange, message by message. */
final class ScramSha256Test {

  /** The example of RFC 7677 §3. */
  private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";

  private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String NONCE = CLIENT_NONCE + SERVER_NONCE;
  private static final String PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final Users USERS =
      Users.parse(List.of(line("user", "pencil"), line("a,b=c", "pencil")));

  private final ScramSha256 exchange = new ScramSha256(USERS, () -> SERVER_NONCE);

  private static String line(String name, String password) {
    byte[] salt = Base64.getDecoder().decode(SALT);
    return Users.line(name, ScramCredential.of(password, salt, 4096));
  }

  @Test
  void exampleOfTheStandardIsReproduced() {
    assertEquals(
        new Step.Challenge("user", "r=" + NONCE + ",s=" + SALT + ",i=4096"),
        say("n,,n=user,r=" + CLIENT_NONCE));
    assertEquals(
        new Step.Accepted("user", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
        say("c=biws,r=" + NONCE + ",p=" + PROOF));
  }

  @Test
  void clientThatBelievesWeCannotBindChannelsIsRight() {
    ScramClient client = new ScramClient("user", "pencil", "y,,");
    assertAccepted("user", client);
  }

  @Test
  void nameWithCommaAndEqualsSignIsReadAsEscaped() {
    assertAccepted("a,b=c", new ScramClient("a,b=c", "pencil", "n,,"));
    ScramSha256 another = new ScramSha256(USERS, () -> SERVER_NONCE);
    ScramClient itself = new ScramClient("a,b=c", "pencil", "n,a=a=2Cb=3Dc,");
    assertInstanceOf(
        Step.Accepted.class, another.take(itself.last(challenge(another, itself)).getBytes(UTF_8)));
  }

  @Test
  void nameAndPasswordAreComparedPrepared() {
    // A ligature, a soft hyphen: RFC 4013 §3.
    assertAccepted("user", new ScramClient("us\u00ader", "pencil", "n,,"));
  }

  @Test
  void wrongPasswordIsRefused() {
    ScramClient client = new ScramClient("user", "pen", "n,,");
    assertEquals(
        new Step.Refused("user", "wrong password"), say(client.last(challenge(exchange, client))));
  }

  @Test
  void unknownUserIsAskedLikeAnyOtherAndRefused() {
    ScramClient client = new ScramClient("nobody", "pencil", "n,,");
    String challenge = challenge(exchange, client);
    assertEquals(
        challenge,
        challenge(new ScramSha256(USERS, () -> SERVER_NONCE), client),
        "same salt again");
    assertNotEquals(
        challenge,
        challenge(
            new ScramSha256(USERS, () -> SERVER_NONCE),
            new ScramClient("somebody", "pencil", "n,,")),
        "own salt for each name");
    assertEquals(4096, iterations(challenge));
    assertEquals(new Step.Refused("nobody", "no such user"), say(client.last(challenge)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          p=tls-unique,,n=user,r=abc  | channel binding is not offered
          x,,n=user,r=abc             | channel binding is not offered
          n=user,r=abc                | no gs2-header
          n                           | no gs2-header
          n,,                         | expected n=
          n,,m=x,n=user,r=abc         | expected n=
          n,,r=abc,n=user             | expected n=
          n,,n=,r=abc                 | the name is empty
          n,,n=a=b,r=abc              | the name has = without 2C or 3D behind it
          n,,n=user                   | expected r=
          n,,n=user,r=                | the nonce is empty, or not printable
          n,,n=user,r=ä               | the nonce is empty, or not printable
          n,a=other,n=user,r=abc      | it asks to act as another user
          """)
  void faultyFirstMessageIsRefused(String message, String why) {
    Step.Refused refused = assertInstanceOf(Step.Refused.class, say(message));
    assertEquals(why, refused.why());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          c=eSws,r={nonce},p={proof}     | what it says of channel binding has changed on its way
          c=?,r={nonce},p={proof}        | what should be Base64 is none
          c=biws,r=abc,p={proof}         | the nonce is not that of the challenge
          c=biws,r={nonce}               | no proof
          c=biws,r={nonce},p=            | wrong password
          c=biws,r={nonce},p=AAAA        | wrong password
          c=biws,r={nonce},x=1,p={proof} | wrong password
          r={nonce},c=biws,p={proof}     | expected c=
          """)
  void faultyFinalMessageIsRefused(String message, String why) {
    say("n,,n=user,r=" + CLIENT_NONCE);
    assertEquals(
        new Step.Refused("user", why),
        say(message.replace("{nonce}", NONCE).replace("{proof}", PROOF)));
  }

  @Test
  void messageThatIsNoUtf8IsRefused() {
    assertEquals(new Step.Refused("", "no UTF-8"), exchange.take(new byte[] {(byte) 0xc3}));
  }

  @Test
  void exchangeThatIsOverTakesNothing() {
    say("n,,n=user,r=" + CLIENT_NONCE);
    say("c=biws,r=" + NONCE + ",p=AAAA");
    assertEquals(
        new Step.Refused("", "the exchange is over"), say("c=biws,r=" + NONCE + ",p=" + PROOF));
  }

  private void assertAccepted(String user, ScramClient client) {
    String challenge = challenge(exchange, client);
    Step.Accepted accepted = assertInstanceOf(Step.Accepted.class, say(client.last(challenge)));
    assertEquals(user, accepted.user());
    assertEquals(client.serversProof(), accepted.message());
  }

  private static String challenge(ScramSha256 exchange, ScramClient client) {
    Step step = exchange.take(client.first().getBytes(UTF_8));
    return assertInstanceOf(Step.Challenge.class, step).message();
  }

  private static int iterations(String challenge) {
    return Integer.parseInt(challenge.substring(challenge.indexOf(",i=") + 3));
  }

  private Step say(String message) {
    return exchange.take(message.getBytes(UTF_8));
  }
}
