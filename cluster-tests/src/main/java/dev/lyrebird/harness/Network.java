package dev.lyrebird.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Hosts that reach one another only through this process, which can lose, delay and cut off what
 * passes between them as the {@link Weather} of the moment says.
 *
 * <p>A host is a network namespace of Linux with one interface, whose other end is held here; a
 * thread of its own reads each. Nothing is asked of the kernel but namespaces and {@code
 * /dev/net/tun}, no bridge, no filter, no queueing discipline. The wire of a cut way is silent, as
 * a pulled cable is: nobody is told that packets are lost.
 *
 * <p>{@link #set} and {@link Host#dial} may be called by any thread.
 */
public final class Network implements AutoCloseable {

  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final String INTERFACE = "wire";
  private static final String SUBNET = "10.213.0.";

  /** Larger than Ethernet's, so that a byte costs this process less. */
  private static final int MAX_PACKET_BYTES = 16_000;

  /** Where an IPv4 header (RFC 791 §3.1) holds the last byte of its destination. */
  private static final int LAST_BYTE_OF_DESTINATION = 19;

  /** What waits on a slow wire, at most; the rest is lost, as in any router. */
  private static final int MAX_WAITING = 20_000;

  private final List<Host> hosts = new ArrayList<>();
  private final DelayQueue<Late> late = new DelayQueue<>();
  private final Thread reaper = new Thread(this::removeNamespaces);
  private final SplittableRandom seeds;
  private volatile Weather weather = Weather.CLEAR;

  private Network(int size, long seed) {
    seeds = new SplittableRandom(seed);
    Runtime.getRuntime().addShutdownHook(reaper);
    for (int number = 1; number <= size; number++) {
      hosts.add(host(number, "lyrebird-" + ProcessHandle.current().pid() + "-" + number));
    }
    hosts.forEach(host -> daemon("reads from host " + host.number, () -> carryFrom(host)));
    daemon("delivers late packets", this::deliverLate);
  }

  private Host host(int number, String namespace) {
    try {
      return new Host(number, namespace);
    } catch (RuntimeException e) {
      remove(namespace);
      removeNamespaces();
      throw e;
    }
  }

  /** Why there can be no network on this machine; empty where there can. */
  public static Optional<String> impediment() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("network namespaces are Linux's");
    }
    if (!Files.isWritable(Path.of("/dev/net/tun"))) {
      return Optional.of("/dev/net/tun is not there, or not to be written by this user");
    }
    try {
      removeOfDeadProcesses();
      new Network(1, 0).close();
      return Optional.empty();
    } catch (IllegalStateException | CompletionException | Linux.CallFailed e) {
      return Optional.of("network namespaces are not permitted: " + e.getMessage());
    }
  }

  /** Hosts 1 to {@code size}, all in reach of one another; {@code seed} decides what is lost. */
  public static Network of(int size, long seed) {
    removeOfDeadProcesses();
    return new Network(size, seed);
  }

  /** The weather from now on. */
  public void set(Weather now) {
    weather = now;
  }

  public Weather weather() {
    return weather;
  }

  /** The host of that number, counted from 1. */
  public Host host(int number) {
    return hosts.get(number - 1);
  }

  public int size() {
    return hosts.size();
  }

  @Override
  public void close() {
    removeNamespaces();
    hosts.forEach(host -> host.inside.shutdownNow());
    try {
      Runtime.getRuntime().removeShutdownHook(reaper);
    } catch (IllegalStateException e) {
      // This JVM is ending: the hook does its work.
    }
  }

  /** One host: programs run on it, and this process can dial into it. */
  public final class Host {

    private final int number;
    private final String namespace;

    /**
     * The one thread of this process that lives in the namespace: sockets it opens belong there.
     */
    private final ExecutorService inside;

    private final int tunnel;

    private Host(int number, String namespace) {
      this.number = number;
      this.namespace = namespace;
      ip("netns", "add", namespace);
      inside =
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().name("in " + namespace).daemon().factory());
      tunnel =
          call(() -> {
            Linux.enterNetwork(NAMESPACES.resolve(namespace).toString());
            return Linux.openTunnel(INTERFACE);
          });
      ip("-n", namespace, "link", "set", "lo", "up");
      ip("-n", namespace, "address", "add", address() + "/24", "dev", INTERFACE);
      ip("-n", namespace, "link", "set", INTERFACE, "mtu", Integer.toString(MAX_PACKET_BYTES));
      ip("-n", namespace, "link", "set", INTERFACE, "up");
    }

    /** The address at which the other hosts reach this one. */
    public String address() {
      return SUBNET + number;
    }

    /** The command that runs {@code command} on this host, as the same process. */
    public List<String> command(List<String> command) {
      List<String> there = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      there.addAll(command);
      return there;
    }

    /** Connects this process to a port of the host's own loopback. */
    public SocketChannel dial(int port) throws IOException {
      try {
        return call(() -> connected(port));
      } catch (CompletionException e) {
        throw new IOException("nobody listens on port " + port + " of " + namespace, e);
      }
    }

    /** Does something on the host: the sockets that it opens belong there. */
    <T> T call(Supplier<T> task) {
      return CompletableFuture.supplyAsync(task, inside).join();
    }

    private static SocketChannel connected(int port) {
      try {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A packet on its way. */
  private record Late(Host to, MemorySegment packet, long dueNanos) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  private void carryFrom(Host from) {
    SplittableRandom random = seeds.split();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment packet = arena.allocate(MAX_PACKET_BYTES);
      while (true) {
        int length = Linux.read(from.tunnel, packet);
        int to = destination(packet, length);
        if (to >= 1 && to <= hosts.size()) {
          carry(packet, length, new Weather.Way(from.number, to), random);
        }
      }
    } catch (Linux.CallFailed e) {
      // The interface is gone with its namespace: the network is closed.
    }
  }

  private void carry(MemorySegment packet, int length, Weather.Way way, SplittableRandom random) {
    Host to = host(way.to());
    OptionalLong nanos = weather.nanos(way, random);
    if (nanos.isEmpty()) {
      return;
    }
    if (nanos.getAsLong() == 0) {
      deliver(to, packet, length);
    } else if (late.size() < MAX_WAITING) {
      byte[] copy = packet.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      MemorySegment waiting = MemorySegment.ofArray(copy).asReadOnly();
      late.add(new Late(to, waiting, System.nanoTime() + nanos.getAsLong()));
    }
  }

  private void deliverLate() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment packet = arena.allocate(MAX_PACKET_BYTES);
      while (true) {
        Late next = late.take();
        MemorySegment.copy(next.packet(), 0, packet, 0, next.packet().byteSize());
        deliver(next.to(), packet, Math.toIntExact(next.packet().byteSize()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void deliver(Host to, MemorySegment packet, int length) {
    try {
      Linux.write(to.tunnel, packet, length);
    } catch (Linux.CallFailed e) {
      // A host that is being taken down takes no packets.
    }
  }

  /** The number of the host that an IPv4 packet goes to; 0 for anything else. */
  private static int destination(MemorySegment packet, int length) {
    if (length <= LAST_BYTE_OF_DESTINATION || packet.get(ValueLayout.JAVA_BYTE, 0) >> 4 != 4) {
      return 0;
    }
    return packet.get(ValueLayout.JAVA_BYTE, LAST_BYTE_OF_DESTINATION) & 0xff;
  }

  private void removeNamespaces() {
    hosts.forEach(host -> remove(host.namespace));
  }

  /** What a run that was itself killed could not clean up. */
  private static void removeOfDeadProcesses() {
    try (var names = Files.newDirectoryStream(NAMESPACES, "lyrebird-*-*")) {
      for (Path file : names) {
        String name = file.getFileName().toString();
        long process = Long.parseLong(name.split("-", -1)[1]);
        if (ProcessHandle.of(process).isEmpty()) {
          remove(name);
        }
      }
    } catch (IOException e) {
      // No namespace was ever made here.
    }
  }

  /** The interface goes first: a process that is still inside would keep it alive. */
  private static void remove(String namespace) {
    attempt("-n", namespace, "link", "delete", INTERFACE);
    attempt("netns", "delete", namespace);
  }

  private static void attempt(String... arguments) {
    try {
      ip(arguments);
    } catch (IllegalStateException e) {
      // What is to be removed is gone already.
    }
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    var _ = Program.run(command);
  }

  private static void daemon(String name, Runnable task) {
    var _ = Thread.ofPlatform().name(name).daemon().start(task);
  }
}
