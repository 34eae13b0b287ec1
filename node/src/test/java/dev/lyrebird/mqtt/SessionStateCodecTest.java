package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.PublishProperties;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SessionStateCodecTest {

  private static final int STATES = 5_000;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void stateComesBackAsItWas() {
    for (int i = 0; i < STATES; i++) {
      SessionState state = state();
      SessionState read = SessionStateCodec.decode(SessionStateCodec.encode(state));
      assertEquals(state.claim(), read.claim(), this::replay);
      assertEquals(state.holder(), read.holder(), this::replay);
      assertEquals(state.isConnected(), read.isConnected(), this::replay);
      assertEquals(state.disconnectedAtMillis(), read.disconnectedAtMillis(), this::replay);
      assertEquals(state.expirySeconds(), read.expirySeconds(), this::replay);
      assertEquals(state.subscriptions(), read.subscriptions(), this::replay);
      assertEquals(state.places(), read.places(), this::replay);
      assertArrayEquals(state.unacknowledged(), read.unacknowledged(), this::replay);
      assertEquals(state.releasing(), read.releasing(), this::replay);
      assertEquals(state.received(), read.received(), this::replay);
      assertEquals(state.will(), read.will(), this::replay);
      assertEquals(state.willAtMillis(), read.willAtMillis(), this::replay);
      assertEquals(state, read, this::replay);
    }
  }

  @Test
  void stateThatEndsEarlyOrLateIsRefused() {
    for (int i = 0; i < STATES; i++) {
      byte[] whole = SessionStateCodec.encode(state());
      byte[] part = Arrays.copyOf(whole, random.nextInt(whole.length));
      assertThrows(
          IllegalArgumentException.class, () -> SessionStateCodec.decode(part), this::replay);
      byte[] more = Arrays.copyOf(whole, whole.length + 1);
      assertThrows(
          IllegalArgumentException.class, () -> SessionStateCodec.decode(more), this::replay);
    }
  }

  /** Lengths and counts are among what is damaged: memory must not be taken at their word. */
  @Test
  void damagedStateIsReadOtherwiseOrRefused() {
    for (int i = 0; i < STATES; i++) {
      byte[] bytes = SessionStateCodec.encode(state());
      for (int damaged = random.nextInt(4); damaged >= 0; damaged--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        SessionStateCodec.decode(bytes);
      } catch (IllegalArgumentException e) {
        // what a reader is prepared for
      } catch (RuntimeException | OutOfMemoryError e) {
        throw new AssertionError(replay(), e);
      }
    }
  }

  @Test
  void stateOfAnotherFormatIsRefused() {
    byte[] bytes = SessionStateCodec.encode(state());
    bytes[0]++;
    assertThrows(IllegalArgumentException.class, () -> SessionStateCodec.decode(bytes));
  }

  /** One subscription, one table, three origins: what most rows of a cluster are. */
  @Test
  void usualStateIsShort() {
    long now = Timestamp.timeOfMillis(1_795_219_619_332L);
    VersionVector acked = VersionVector.EMPTY;
    VersionVector sent = VersionVector.EMPTY;
    for (int i = 0; i < 3; i++) {
      long origin = random.nextLong();
      acked = acked.with(new Timestamp(now + i, origin));
      sent = sent.with(new Timestamp(now + i + Timestamp.timeOfMillis(50), origin));
    }
    SessionState state =
        new SessionState(
            new Timestamp(now, 7),
            7,
            true,
            0,
            0,
            3600,
            List.of(new SessionState.Subscription("sensors/+/state", 1, false, false, 0, false)),
            List.of(new SessionState.Place(17, acked, sent)),
            new long[0],
            List.of(),
            List.of(),
            null,
            0);
    int length = SessionStateCodec.encode(state).length;
    assertTrue(length < 112, () -> length + " bytes");
  }

  private String replay() {
    return "-Dseed=" + seed;
  }

  private SessionState state() {
    Timestamp claim = new Timestamp(time(), random.nextLong());
    return new SessionState(
        claim,
        random.nextBoolean() ? claim.node() : random.nextLong(),
        random.nextBoolean(),
        random.nextBoolean() ? 0 : random.nextBoolean() ? SessionState.UNTIL_BACK : time(),
        time(),
        random.nextBoolean() ? SessionState.NEVER : random.nextInt(1000),
        some(() ->
            new SessionState.Subscription(
                text(),
                random.nextInt(3),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean() ? 0 : random.nextInt(268_435_456),
                random.nextBoolean())),
        some(() -> new SessionState.Place(random.nextInt(), vector(), vector())),
        random.longs(random.nextInt(5)).toArray(),
        some(() ->
            new SessionState.Releasing(
                1 + random.nextInt(65_535), random.nextBoolean() ? null : shared())),
        some(() -> new SessionState.Received(random.nextInt(65_536), random.nextInt())),
        random.nextBoolean() ? null : will(),
        random.nextBoolean() ? 0 : time());
  }

  private SessionState.Shared shared() {
    Timestamp change = new Timestamp(time(), random.nextLong());
    return new SessionState.Shared(text(), new GroupMessage.Name(random.nextInt(), change));
  }

  private SessionState.Will will() {
    Publication publication =
        new Publication(
            text(),
            new Payload(bytes(), random.nextBoolean() ? null : text(), properties()),
            random.nextInt(3),
            random.nextBoolean(),
            random.nextBoolean() ? PacketProperties.ABSENT : random.nextInt(1000));
    return new SessionState.Will(publication, random.nextInt(1000));
  }

  private @Nullable PublishProperties properties() {
    return random.nextBoolean()
        ? null
        : new PublishProperties(
            random.nextBoolean(),
            random.nextBoolean() ? null : text(),
            random.nextBoolean() ? null : bytes(),
            some(() -> new PublishProperties.UserProperty(text(), text())));
  }

  private VersionVector vector() {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = random.nextInt(4); i > 0; i--) {
      vector = vector.with(new Timestamp(time(), random.nextInt(5) - 2));
    }
    return vector;
  }

  private long time() {
    return 1 + (random.nextLong() >>> (1 + random.nextInt(60)));
  }

  private String text() {
    return "ä/" + random.nextInt() + "/𝄞".repeat(random.nextInt(3));
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(50)];
    random.nextBytes(bytes);
    return bytes;
  }

  private <T> List<T> some(Supplier<T> one) {
    return Stream.generate(one).limit(random.nextInt(4)).toList();
  }
}
