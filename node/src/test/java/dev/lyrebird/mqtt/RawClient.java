package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A client that sends and expects bytes, so that no library hides a fault. */
final class RawClient implements AutoCloseable {

  private static final int LIMIT_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) {
    this(port, 0);
  }

  /**
   * Opens a connection.
   *
   * @param receiveBuffer bytes that the socket takes unread, or 0 for what is usual
   */
  RawClient(int port, int receiveBuffer) {
    try {
      socket = new Socket();
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.setTcpNoDelay(true);
      in = socket.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes as they are. */
  RawClient send(byte[]... parts) {
    try {
      socket.getOutputStream().write(Packet.bytes(parts));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes written in hexadecimal; spaces are for the eye. */
  RawClient send(String hex) {
    return send(Packet.hex(hex));
  }

  /** Expects just these bytes next. */
  RawClient expect(byte[]... parts) {
    byte[] expected = Packet.bytes(parts);
    byte[] actual = read(expected.length);
    assertEquals(text(expected), text(actual));
    return this;
  }

  RawClient expect(String hex) {
    return expect(Packet.hex(hex));
  }

  /**
   * Expects a CONNACK of MQTT 5 that lets the client in, with just these properties in any order.
   *
   * @param properties in hexadecimal, one or several with commas between
   */
  RawClient expectConnack5(String... properties) {
    byte[] connack = packet();
    assertEquals("20 00 00", text(new byte[] {connack[0], connack[2], connack[3]}));
    assertEquals(sorted(properties), Packet.propertiesIn(connack, 4));
    return this;
  }

  private static List<String> sorted(String... properties) {
    return Stream.of(properties)
        .flatMap(several -> Stream.of(several.split(",")))
        .map(property -> text(Packet.hex(property)))
        .sorted()
        .toList();
  }

  /**
   * Expects a PUBLISH of MQTT 5 at QoS 0 with just these properties, in any order.
   *
   * @param properties in hexadecimal, each in a string of its own
   */
  RawClient expectPublish5(String topic, String payload, String... properties) {
    byte[] publish = packet();
    byte[] name = Packet.string(topic);
    int propertiesAt = 2 + name.length;
    int payloadAt = propertiesAt + 1 + publish[propertiesAt];
    assertEquals(
        text(Packet.bytes(new byte[] {0x30, publish[1]}, name)),
        text(Arrays.copyOf(publish, propertiesAt)));
    assertEquals(sorted(properties), Packet.propertiesIn(publish, propertiesAt));
    assertEquals(payload, new String(publish, payloadAt, publish.length - payloadAt, UTF_8));
    return this;
  }

  /** Expects these packets next, in any order. */
  RawClient expectInAnyOrder(byte[]... packets) {
    List<String> missing = new ArrayList<>(Stream.of(packets).map(RawClient::text).toList());
    while (!missing.isEmpty()) {
      String next;
      try {
        next = text(packet());
      } catch (UncheckedIOException e) {
        throw new AssertionError("missing: " + missing, e);
      }
      assertTrue(missing.remove(next), () -> next + " instead of one of " + missing);
    }
    return this;
  }

  /** Expects the end of the stream. */
  void expectEnd() {
    try {
      int next = in.read();
      assertEquals("the end", next < 0 ? "the end" : "%02x and more".formatted(next));
    } catch (SocketException e) {
      // A reset is an end too: the server had not read all that was sent.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Expects a DISCONNECT of MQTT 5 with that reason code, and the end of the stream. It may have a
   * Reason String and a Server Reference, and no other property ([MQTT-3.14.2-2]).
   */
  void expectEndWith(String code) {
    expectLast("e0", 2, code);
  }

  /** Expects a CONNACK of MQTT 5 that refuses, and the end. */
  void expectRefusal(String code) {
    expectLast("20", 3, code);
  }

  /** Both may tell the reason in words, and another server. */
  private void expectLast(String type, int codeAt, String code) {
    byte[] packet = packet();
    assertEquals(type + " " + code, text(new byte[] {packet[0], packet[codeAt]}));
    for (String property : Packet.propertiesIn(packet, codeAt + 1)) {
      assertTrue(property.startsWith("1f") || property.startsWith("1c"), property);
    }
    expectEnd();
  }

  /** Reads a whole packet that must come sooner than others have to. */
  byte[] packetWithin(int seconds) {
    try {
      socket.setSoTimeout(seconds * 1000);
      byte[] packet = packet();
      socket.setSoTimeout(LIMIT_MILLIS);
      return packet;
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a whole packet. */
  byte[] packet() {
    int first = read(1)[0];
    int length = 0;
    byte[] lengthBytes = new byte[0];
    for (int shift = 0; ; shift += 7) {
      byte next = read(1)[0];
      lengthBytes = Packet.bytes(lengthBytes, new byte[] {next});
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        return Packet.bytes(new byte[] {(byte) first}, lengthBytes, read(length));
      }
    }
  }

  private byte[] read(int length) {
    byte[] bytes = new byte[length];
    try {
      int at = 0;
      while (at < length) {
        int count = in.read(bytes, at, length - at);
        if (count < 0) {
          throw new EOFException("the stream ended after " + text(Arrays.copyOf(bytes, at)));
        }
        at += count;
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(byte[] bytes) {
    return HexFormat.of().withDelimiter(" ").formatHex(bytes);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Breaks the connection without a word of TCP but a reset. */
  void abort() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
