package dev.lyrebird.mqtt;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Ways to spoil a packet without knowing what it means. */
enum Mutation {
  FLIP_BITS {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return packet;
    }
  },
  OVERWRITE {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        packet[random.nextInt(packet.length)] = TELLING[random.nextInt(TELLING.length)];
      }
      return packet;
    }
  },
  /** The rest of the packet never comes: what follows stands in its place. */
  CUT {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      return Arrays.copyOf(packet, random.nextInt(packet.length));
    }
  },
  /** The length knows of it, what the packet holds does not. */
  SHORTEN {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      byte[] body = body(packet);
      return Packet.of(packet[0], Arrays.copyOf(body, random.nextInt(body.length + 1)));
    }
  },
  LENGTHEN {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      return Packet.of(packet[0], body(packet), garbage(random, 1 + random.nextInt(8)));
    }
  },
  /** The length is another. */
  LIE {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      byte[] body = body(packet);
      int length =
          switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(300);
            case 2 -> Varint.MAX;
            case 3 -> Math.max(0, body.length - 1);
            default -> body.length + 1;
          };
      return Packet.bytes(new byte[] {packet[0]}, Packet.varint(length), body);
    }
  },
  /** The length takes more bytes than it needs, or than there may be. */
  PAD_LENGTH {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      byte[] body = body(packet);
      byte[] length = Packet.varint(body.length);
      length[length.length - 1] |= (byte) 0x80;
      byte[] padding = new byte[1 + random.nextInt(4)];
      Arrays.fill(padding, 0, padding.length - 1, (byte) 0x80);
      return Packet.bytes(new byte[] {packet[0]}, length, padding, body);
    }
  },
  /** The first part of one packet, the last of another. */
  SPLICE {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      return Packet.bytes(
          Arrays.copyOf(packet, random.nextInt(packet.length)),
          Arrays.copyOfRange(other, random.nextInt(other.length), other.length));
    }
  },
  /** What one packet holds under the first byte of another. */
  DISGUISE {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      return Packet.of(other[0], body(packet));
    }
  },
  /** A part of what it holds comes twice; the length knows of it. */
  REPEAT_PART {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      byte[] body = body(packet);
      int from = random.nextInt(body.length + 1);
      int to = from + random.nextInt(body.length - from + 1);
      return Packet.of(
          packet[0], Arrays.copyOf(body, to), Arrays.copyOfRange(body, from, body.length));
    }
  },
  /** A length inside is another. */
  LIE_WITHIN {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      int at = random.nextInt(packet.length);
      packet[at] = (byte) (random.nextBoolean() ? 0xff : 0);
      packet[Math.min(at + 1, packet.length - 1)] = (byte) random.nextInt(256);
      return packet;
    }
  },
  GARBAGE {
    @Override
    byte[] of(byte[] packet, byte[] other, RandomGenerator random) {
      return garbage(random, 1 + random.nextInt(40));
    }
  };

  /** Bytes that mean something in many places: ends of ranges, wildcards, halves of characters. */
  private static final byte[] TELLING = {
    0, 1, 2, 4, 0x7f, (byte) 0x80, (byte) 0xc0, (byte) 0xed, (byte) 0xff, '+', '#', '/', '$'
  };

  /**
   * Returns a spoilt packet.
   *
   * @param packet a whole packet, which may be changed
   * @param other another one, which must not
   */
  abstract byte[] of(byte[] packet, byte[] other, RandomGenerator random);

  private static byte[] garbage(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] body(byte[] packet) {
    int at = 1;
    while (packet[at] < 0) {
      at++;
    }
    return Arrays.copyOfRange(packet, at + 1, packet.length);
  }
}
