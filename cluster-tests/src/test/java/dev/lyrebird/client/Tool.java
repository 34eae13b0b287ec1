package dev.lyrebird.client;

import dev.lyrebird.harness.Program;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** A program of the machine that a test runs, such as {@code mosquitto_pub}. */
public record Tool(Path program) {

  /** Finds {@code name} on the PATH; skips the calling test, with the name, where it is missing. */
  public static Tool require(String name) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(folder, name);
      if (Files.isExecutable(candidate)) {
        return new Tool(candidate);
      }
    }
    throw new TestAbortedException(name + " is not installed");
  }

  /** Runs the program to its end; returns what it printed, and fails if it failed. */
  public String run(String... arguments) {
    return Program.run(command(arguments));
  }

  /** The command line of the program with {@code arguments}. */
  public List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    return command;
  }
}
