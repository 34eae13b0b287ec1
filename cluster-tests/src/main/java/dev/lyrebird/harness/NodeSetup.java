package dev.lyrebird.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a node is to be started: its own folder, which holds data and log, and what differs from the
 * shipped configuration.
 */
public record NodeSetup(Path directory, Map<String, String> settings, List<String> jvmArguments) {

  /** Enough for every test, and little enough that a leak shows. */
  private static final List<String> SMALL_JVM = List.of("-Xmx512m", "-XX:+UseSerialGC");

  public NodeSetup {
    settings = Map.copyOf(settings);
    jvmArguments = List.copyOf(jvmArguments);
  }

  /** A node with the shipped configuration on free ports, in an emptied {@code directory}. */
  public static NodeSetup in(Path directory) {
    Path folder = directory.toAbsolutePath();
    empty(folder);
    return new NodeSetup(
        folder,
        Map.of("http.port", "0", "mqtt.network.port", "0", "operations.port", "0"),
        SMALL_JVM);
  }

  /** The same with one configuration key set. */
  public NodeSetup set(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(key, value);
    return new NodeSetup(directory, more, jvmArguments);
  }

  /** The same with {@code sdl} in place of the shipped schema. */
  public NodeSetup schema(String sdl) {
    Path file = directory.resolve("schema.graphql");
    try {
      Files.writeString(file, sdl);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return set("graphqlSchema.files", file.toString());
  }

  /** The same with the JVM flags that users get, in place of the small heap of tests. */
  public NodeSetup shippedJvm() {
    return new NodeSetup(directory, settings, List.of(Installation.find().shippedFlags()));
  }

  /** The same on the ports that a node got in an earlier run. */
  NodeSetup on(Addresses addresses) {
    return set("http.port", Integer.toString(addresses.http()))
        .set("mqtt.network.port", Integer.toString(addresses.mqtt()))
        .set("operations.port", Integer.toString(addresses.operations()));
  }

  Path log() {
    return directory.resolve("node.log");
  }

  List<String> command(Installation installation) {
    List<String> command = new ArrayList<>(installation.java());
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", installation.classPath(), Installation.MAIN, "start"));
    command.addAll(List.of("--config", installation.config().toString()));
    command.addAll(List.of("--data", directory.resolve("data").toString()));
    settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    return command;
  }

  private static void empty(Path folder) {
    try {
      if (Files.exists(folder)) {
        Files.walkFileTree(folder, new Deleting());
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot empty " + folder, e);
    }
  }

  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
