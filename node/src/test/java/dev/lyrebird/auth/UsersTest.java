package dev.lyrebird.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of users, and the credentials in it. */
final class UsersTest {

  /** As PostgreSQL has written it for the password "pencil". */
  private static final String PENCIL =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  @Test
  void credentialIsWrittenAsItIsRead() {
    assertEquals(PENCIL, ScramCredential.parse(PENCIL).toString());
  }

  @Test
  void credentialIsOfItsPasswordAlone() {
    ScramCredential credential = ScramCredential.parse(PENCIL);
    assertTrue(credential.isOf("pencil"));
    assertTrue(credential.isOf("pen\u00adcil"), "prepared");
    assertFalse(credential.isOf("Pencil"));
    assertFalse(credential.isOf(""));
    assertFalse(credential.isOf("pencil\u0000"));
  }

  @Test
  void fileMayHaveCommentsEmptyLinesAndNamesWithSpaces() {
    Users users = Users.parse(List.of("# users", "", "anna " + PENCIL, "  hall 2: b " + PENCIL));
    assertEquals("anna", users.known("anna"));
    assertEquals("hall 2: b", users.known("hall 2: b"));
    assertNull(users.known("users"));
    assertNull(users.known("Anna"));
  }

  @Test
  void unknownUserHasACredentialThatNoPasswordFits() {
    Users users = Users.parse(List.of("anna " + PENCIL));
    assertFalse(users.credential("bob").isOf("pencil"));
    assertEquals(users.credential("bob").toString(), users.credential("bob").toString());
    assertEquals(4096, users.credential("bob").iterations());
    assertEquals(16, users.credential("bob").salt().length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          anna pencil                       | expected SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>
          anna                              | expected SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>
          anna SCRAM-SHA-256$1:AA==$AA==:A  | 1 iterations, but there must be 4096 to 10000000
          anna SCRAM-SHA-256$4096:?$AA==:AA | salt is no Base64
          anna SCRAM-SHA-256$4096:A$AA==:AA | salt is no Base64
          anna SCRAM-SHA-256$4096:AA==$AA==:AA== | StoredKey and ServerKey are the Base64 of 32 bytes each
          {pencil}                          | expected a name, which has no space at its ends and does not begin with #
          """)
  void faultyLineIsRefusedNamingItAndWhatIsExpected(String line, String message) {
    List<String> lines = List.of("bob " + PENCIL, line.replace("{pencil}", PENCIL));
    assertEquals("line 2: " + message, refusal(() -> Users.parse(lines)));
  }

  @Test
  void nameStandsOnce() {
    List<String> lines = List.of("IX " + PENCIL, "I\u00adX " + PENCIL);
    assertEquals(
        "line 2: there is another line for the user IX", refusal(() -> Users.parse(lines)));
  }

  @Test
  void fileWithoutUsersIsRefused() {
    assertEquals(
        "there is no user; make a line with lyrebird scram-user",
        refusal(() -> Users.parse(List.of("# nobody"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\u0007", "#a", " a"})
  void nameThatNobodyMayHaveIsRefused(String name) {
    assertThrows(
        IllegalArgumentException.class, () -> Users.line(name, ScramCredential.parse(PENCIL)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\u0007"})
  void passwordThatNobodyMayHaveIsRefused(String password) {
    byte[] salt = "salt".getBytes(UTF_8);
    assertThrows(IllegalArgumentException.class, () -> ScramCredential.of(password, salt, 4096));
  }

  private static String refusal(Runnable reading) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, reading::run).getMessage());
  }
}
