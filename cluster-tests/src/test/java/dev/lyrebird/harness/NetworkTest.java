package dev.lyrebird.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What two hosts see of the weather between them, through sockets of their own. */
@TestInstance(Lifecycle.PER_CLASS)
final class NetworkTest {

  private static final int PORT = 7000;

  /** How long something is waited for that must come, and something that must not. */
  private static final int LIMIT_MILLIS = 30_000;

  private static final int SILENCE_MILLIS = 300;

  private Network network;
  private ServerSocket listener;

  @BeforeAll
  void build() {
    Optional<String> impediment = Network.impediment();
    assumeTrue(impediment.isEmpty(), impediment::get);
    network = Network.of(2, 1);
    listener = network.host(1).call(() -> listening(network.host(1).address()));
    Thread.ofPlatform().daemon().start(this::echo);
  }

  @BeforeEach
  void clear() {
    network.set(Weather.CLEAR);
  }

  @AfterAll
  void takeDown() throws IOException {
    if (network != null) {
      listener.close();
      network.close();
      assertFalse(Program.run(List.of("ip", "netns", "list")).contains(prefix()));
    }
  }

  @Test
  void hostsReachOneAnother() throws IOException {
    try (Socket socket = connected()) {
      assertEquals(7, echoed(socket, 7));
    }
  }

  @Test
  void aDelayIsFeltOnEachWay() throws IOException {
    try (Socket socket = connected()) {
      network.set(Weather.CLEAR.delaying(Duration.ofMillis(40), Duration.ZERO));
      long begin = System.nanoTime();
      assertEquals(7, echoed(socket, 7));
      assertTrue(System.nanoTime() - begin >= 80_000_000);
    }
  }

  @Test
  void aPartitionIsSilenceAndWhatWasSentComesAfterIt() throws IOException {
    try (Socket socket = connected()) {
      network.set(Weather.CLEAR.partitioned(List.of(Set.of(1), Set.of(2))));
      socket.getOutputStream().write(9);
      assertSilent(socket);
      network.set(Weather.CLEAR);
      assertEquals(9, socket.getInputStream().read());
    }
  }

  @Test
  void oneWayMayBeCutAlone() throws IOException {
    try (Socket socket = connected()) {
      network.set(Weather.CLEAR.deaf(1, 2));
      socket.getOutputStream().write(9);
      assertSilent(socket);
    }
  }

  private static void assertSilent(Socket socket) throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    try {
      throw new AssertionError("came through: " + socket.getInputStream().read());
    } catch (SocketTimeoutException e) {
      // As it should be.
    }
    socket.setSoTimeout(LIMIT_MILLIS);
  }

  private static int echoed(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  private Socket connected() {
    return network.host(2).call(() -> connected(network.host(1).address()));
  }

  private static Socket connected(String address) {
    try {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(address, PORT), LIMIT_MILLIS);
      socket.setSoTimeout(LIMIT_MILLIS);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocket listening(String address) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.bind(new InetSocketAddress(address, PORT));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void echo() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private static String prefix() {
    return "lyrebird-" + ProcessHandle.current().pid() + "-";
  }
}
