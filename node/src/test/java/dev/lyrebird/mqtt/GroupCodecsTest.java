package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupPost.Effect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What groups store, and tell one another between nodes, as bytes; random values by a seed. */
final class GroupCodecsTest {

  private static final int ROUNDS = 2000;
  private static final long SELF = 7;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void mailIsReadAsItWasWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      GroupMail mail = mail();
      byte[] bytes = GroupMailCodec.encode(mail);
      GroupMail read = GroupMailCodec.decode(bytes, SELF);
      if (!(mail instanceof GroupMail.ToConsumers)) { // payloads are compared by identity
        assertEquals(mail, read, this::replay);
      }
      assertArrayEquals(bytes, GroupMailCodec.encode(read), this::replay);
    }
  }

  @Test
  void offerCarriesItsMessage() {
    Entry entry = entry();
    GroupMessage message = new GroupMessage(-3, "a/b", entry, Place.START);
    Effect offer = new Effect(new ConsumerId(SELF, 4), new GroupLetter.Offer(9, message, 2, true));
    byte[] bytes = GroupMailCodec.encode(new GroupMail.ToConsumers("$share/g/a", List.of(offer)));

    var read = (GroupMail.ToConsumers) GroupMailCodec.decode(bytes, SELF);

    GroupLetter.Offer letter = (GroupLetter.Offer) read.letters().getFirst().letter();
    assertEquals(message.name(), letter.message().name());
    assertEquals("a/b", letter.message().topic());
    assertEquals(entry.change().write().qos(), letter.message().qos());
    assertArrayEquals(entry.payload().bytes(), letter.message().entry().payload().bytes());
    assertEquals(new ConsumerId(SELF, 4), read.letters().getFirst().to());
  }

  @Test
  void stateIsReadAsItWasWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      GroupState state = state();
      assertEquals(state, GroupStateCodec.decode(GroupStateCodec.encode(state)), this::replay);
    }
  }

  /** Lengths and counts are among what is damaged: memory must not be taken at their word. */
  @Test
  void damagedBytesAreReadOtherwiseOrRefused() {
    for (int i = 0; i < ROUNDS; i++) {
      survive(damaged(GroupMailCodec.encode(mail())), bytes -> GroupMailCodec.decode(bytes, SELF));
      survive(damaged(GroupStateCodec.encode(state())), GroupStateCodec::decode);
    }
  }

  @Test
  void otherFormatsAreRefused() {
    byte[] mail = GroupMailCodec.encode(mail());
    byte[] state = GroupStateCodec.encode(state());
    mail[0]++;
    state[0]++;
    assertThrows(IllegalArgumentException.class, () -> GroupMailCodec.decode(mail, SELF));
    assertThrows(IllegalArgumentException.class, () -> GroupStateCodec.decode(state));
  }

  /** Reads bytes of which nothing is known. */
  private interface Reader {
    Object read(byte[] bytes);
  }

  private void survive(byte[] bytes, Reader reader) {
    try {
      var _ = reader.read(bytes);
    } catch (IllegalArgumentException e) {
      // what a reader is prepared for
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new AssertionError(replay(), e);
    }
  }

  private byte[] damaged(byte[] bytes) {
    for (int damages = random.nextInt(4); damages >= 0; damages--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private GroupMail mail() {
    return switch (random.nextInt(5)) {
      case 0 -> new GroupMail.Hello(random.nextBoolean(), random.nextBoolean());
      case 1 -> new GroupMail.RollCall(group());
      case 2 -> new GroupMail.Counted(group());
      case 3 -> new GroupMail.ToHolder(group(), number(), toHolder());
      default ->
          new GroupMail.ToConsumers(
              group(), some(() -> new Effect(new ConsumerId(SELF, number()), toConsumer())));
    };
  }

  private GroupLetter.ToHolder toHolder() {
    return switch (random.nextInt(6)) {
      case 0 ->
          new GroupLetter.Join(
              number(),
              random.nextBoolean(),
              "client" + number(),
              number(),
              random.nextInt(3),
              random.nextInt(100),
              number(),
              some(this::name),
              some(this::name));
      case 1 -> new GroupLetter.Done(some(this::name));
      case 2 -> new GroupLetter.Retire(some(this::name));
      case 3 -> new GroupLetter.Leave(some(this::name), GroupState.FOR_EVER);
      case 4 -> new GroupLetter.SessionEnded("client" + number());
      default -> new GroupLetter.Gone();
    };
  }

  private GroupLetter.ToConsumer toConsumer() {
    return switch (random.nextInt(4)) {
      case 0 -> new GroupLetter.Joined(number());
      case 1 ->
          new GroupLetter.Offer(
              number(),
              new GroupMessage(random.nextInt(), "t/" + number(), entry(), Place.START),
              random.nextInt(3),
              random.nextBoolean());
      case 2 -> new GroupLetter.Forget(some(this::name));
      default -> new GroupLetter.Check(number());
    };
  }

  private Entry entry() {
    byte[] payload = ("payload " + number()).getBytes(StandardCharsets.UTF_8);
    Write write =
        new Write(Write.Kind.MESSAGE, "id", Payload.of(payload), random.nextInt(3), 0, 0, null);
    return new Entry(1 + number(), number(), new Change(stamp(), write), null);
  }

  private GroupState state() {
    return new GroupState(
        stamp(),
        random.nextBoolean(),
        random.nextBoolean(),
        some(() -> new GroupState.Kept("client" + number(), number(), number())),
        some(() -> new SessionState.Place(random.nextInt(), vector(), vector())),
        some(this::inFlight));
  }

  private GroupState.InFlight inFlight() {
    return random.nextBoolean()
        ? GroupState.InFlight.ofAny(name())
        : new GroupState.InFlight(
            name(),
            "client" + number(),
            random.nextBoolean() ? null : new ConsumerId(random.nextLong(), number()));
  }

  private VersionVector vector() {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = random.nextInt(3); i > 0; i--) {
      vector = vector.with(stamp());
    }
    return vector;
  }

  private Name name() {
    return new Name(random.nextInt(), stamp());
  }

  private Timestamp stamp() {
    return new Timestamp(1 + number(), random.nextLong());
  }

  private String group() {
    return "$share/g" + number() + "/ä/#";
  }

  private long number() {
    return random.nextLong(1L << random.nextInt(1, 50));
  }

  private <T> List<T> some(Supplier<T> one) {
    return IntStream.range(0, random.nextInt(4)).mapToObj(i -> one.get()).toList();
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
