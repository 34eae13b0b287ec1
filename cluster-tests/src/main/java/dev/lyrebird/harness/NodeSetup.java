package dev.lyrebird.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a node is to be started: its own folder, which holds data and log, and what differs from the
 * shipped configuration.
 *
 * @param host where it runs; empty for this machine itself
 * @param main the class that starts it
 */
public record NodeSetup(
    Path directory,
    Map<String, String> settings,
    List<String> jvmArguments,
    Optional<Network.Host> host,
    String main) {

  /** Enough for every test, and little enough that a leak shows. */
  private static final List<String> SMALL_JVM = List.of("-Xmx512m", "-XX:+UseSerialGC");

  public NodeSetup {
    settings = Map.copyOf(settings);
    jvmArguments = List.copyOf(jvmArguments);
  }

  /** A node with the shipped configuration on free ports, in an emptied {@code directory}. */
  public static NodeSetup in(Path directory) {
    Path folder = directory.toAbsolutePath();
    new Disk(folder).erase();
    return new NodeSetup(
        folder,
        Stream.of("http.port", "mqtt.network.port", "operations.port")
            .collect(Collectors.toMap(key -> key, key -> Integer.toString(Ports.free()))),
        SMALL_JVM,
        Optional.empty(),
        Installation.MAIN);
  }

  /** The same with one configuration key set. */
  public NodeSetup set(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(key, value);
    return new NodeSetup(directory, more, jvmArguments, host, main);
  }

  /** The same with {@code sdl} in place of the shipped schema. */
  public NodeSetup schema(String sdl) {
    return set("graphqlSchema.files", schemaFile(sdl).toString());
  }

  /** The same with {@code sdl} beside the shipped schema. */
  public NodeSetup schemaBesides(String sdl) {
    return set("graphqlSchema.files", "[schema.graphql, " + schemaFile(sdl) + "]");
  }

  private Path schemaFile(String sdl) {
    Path file = directory.resolve("schema.graphql");
    try {
      Files.writeString(file, sdl);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** The same with these JVM flags in place of the small heap of tests. */
  public NodeSetup jvm(List<String> flags) {
    return new NodeSetup(directory, settings, flags, host, main);
  }

  /** The same with the JVM flags that users get. */
  public NodeSetup shippedJvm() {
    return jvm(List.of(Installation.find().shippedFlags()));
  }

  /** The same on a host of a network, which other nodes reach it at. */
  public NodeSetup on(Network.Host where) {
    return new NodeSetup(directory, settings, jvmArguments, Optional.of(where), main)
        .set("cluster.host", where.address());
  }

  /** The same with a clock that {@link NodeProcess#setClock} moves. */
  public NodeSetup withMovableClock() {
    return startedBy(NodeWithClock.class);
  }

  /** The same, started by a program of this module that takes the options of a node. */
  public NodeSetup startedBy(Class<?> program) {
    return new NodeSetup(directory, settings, jvmArguments, host, program.getName());
  }

  Path log() {
    return directory.resolve("node.log");
  }

  /** What the node keeps. */
  Disk disk() {
    return new Disk(directory.resolve("data"));
  }

  /** The command that starts the node, its clock {@code aheadMillis} ahead if it is movable. */
  List<String> command(Installation installation, long aheadMillis) {
    List<String> command = new ArrayList<>(installation.java());
    command.addAll(jvmArguments);
    if (main.equals(Installation.MAIN)) {
      command.addAll(List.of("-cp", installation.classPath(), main, "start"));
    } else {
      command.add("-D" + NodeWithClock.AHEAD_MILLIS + "=" + aheadMillis);
      command.addAll(
          List.of(
              "-cp",
              installation.classPath() + File.pathSeparator + Installation.ownClasses(),
              main));
    }
    command.addAll(List.of("--config", installation.config().toString()));
    command.addAll(List.of("--data", disk().folder().toString()));
    settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    return host.map(where -> where.command(command)).orElse(command);
  }
}
