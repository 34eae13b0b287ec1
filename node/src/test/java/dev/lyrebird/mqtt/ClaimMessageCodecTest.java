package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ClaimMessageCodecTest {

  private static final int MESSAGES = 5_000;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final RandomGenerator random = new SplittableRandom(seed);

  @Test
  void messageComesBackAsItWas() {
    for (int i = 0; i < MESSAGES; i++) {
      ClaimMessage message = message();
      assertEquals(
          message, ClaimMessageCodec.decode(ClaimMessageCodec.encode(message)), this::replay);
    }
  }

  @Test
  void messageThatEndsEarlyOrLateIsRefused() {
    for (int i = 0; i < MESSAGES; i++) {
      byte[] whole = ClaimMessageCodec.encode(message());
      byte[] part = Arrays.copyOf(whole, random.nextInt(whole.length));
      assertThrows(
          IllegalArgumentException.class, () -> ClaimMessageCodec.decode(part), this::replay);
      byte[] more = Arrays.copyOf(whole, whole.length + 1);
      assertThrows(
          IllegalArgumentException.class, () -> ClaimMessageCodec.decode(more), this::replay);
    }
  }

  /** Lengths and counts are among what is damaged: memory must not be taken at their word. */
  @Test
  void damagedMessageIsReadOtherwiseOrRefused() {
    for (int i = 0; i < MESSAGES; i++) {
      byte[] bytes = ClaimMessageCodec.encode(message());
      for (int damaged = random.nextInt(4); damaged >= 0; damaged--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        ClaimMessageCodec.decode(bytes);
      } catch (IllegalArgumentException e) {
        // what a receiver is prepared for
      } catch (RuntimeException | OutOfMemoryError e) {
        throw new AssertionError(replay(), e);
      }
    }
  }

  private String replay() {
    return "-Dseed=" + seed;
  }

  private ClaimMessage message() {
    return switch (random.nextInt(7)) {
      case 0 -> new ClaimMessage.Ask(id(), stamp());
      case 1 -> new ClaimMessage.Free(id(), stamp());
      case 2 -> new ClaimMessage.Yielded(id(), stamp(), random.nextBoolean() ? null : state());
      case 3 -> new ClaimMessage.Later(id(), stamp(), stamp());
      case 4 -> new ClaimMessage.Hello(time(), random.nextBoolean());
      case 5 ->
          new ClaimMessage.Held(
              Stream.generate(() -> new ClaimMessage.Holding(id(), stamp()))
                  .limit(1 + random.nextInt(5))
                  .toList());
      default -> new ClaimMessage.More(id());
    };
  }

  private SessionState state() {
    return new SessionState(
        stamp(),
        random.nextLong(),
        random.nextBoolean(),
        random.nextBoolean() ? 0 : time(),
        time(),
        random.nextInt(1000),
        List.of(),
        List.of(),
        new long[] {random.nextLong()},
        List.of(),
        List.of(),
        null,
        0);
  }

  private String id() {
    return "ä".repeat(random.nextInt(3)) + random.nextInt(1000);
  }

  private Timestamp stamp() {
    return new Timestamp(time(), random.nextLong());
  }

  private long time() {
    return random.nextLong() >>> (1 + random.nextInt(60));
  }
}
