package dev.lyrebird;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.auth.ScramCredential;
import dev.lyrebird.auth.Users;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the line of one user for {@code mqtt.authentication.usersFile}. */
@Command(
    name = "scram-user",
    description = {
      "Prints the line of a user for mqtt.authentication.usersFile.",
      "The password is read from standard input; nothing printed leads back to it."
    },
    mixinStandardHelpOptions = true)
final class ScramUser implements Callable<Integer> {

  private static final int SALT_BYTES = 16;

  @Parameters(paramLabel = "NAME", description = "The name of the user.")
  private String name = "";

  @Option(
      names = "--iterations",
      paramLabel = "NUMBER",
      description =
          "How slow a guess is made, for a thief of the file and for each login;"
              + " ${DEFAULT-VALUE} if not given.",
      defaultValue = "15000")
  private int iterations;

  @Override
  public Integer call() throws IOException {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    try {
      System.out.println(Users.line(name, ScramCredential.of(password(), salt, iterations)));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("%s: %s".formatted(name, e.getMessage()));
    }
    return CommandLine.ExitCode.OK;
  }

  @SuppressWarnings("SystemConsoleNull") // JDK 25 has none again where nobody types
  private static String password() throws IOException {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      char[] typed = console.readPassword("Password: ");
      return typed == null ? "" : new String(typed);
    }
    String line = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
    return line == null ? "" : line;
  }
}
