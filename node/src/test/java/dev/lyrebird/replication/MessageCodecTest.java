package dev.lyrebird.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class MessageCodecTest {

  private static final int MESSAGES = 5_000;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void messageComesBackAsItWas() {
    for (int i = 0; i < MESSAGES; i++) {
      long from = random.nextLong();
      Message message = message();
      MessageCodec.Letter read = MessageCodec.decode(MessageCodec.encode(from, message));
      assertEquals(from, read.from(), this::replay);
      assertEquals(message.getClass(), read.message().getClass(), this::replay);
      assertArrayEquals(
          MessageCodec.encode(from, message),
          MessageCodec.encode(from, read.message()),
          this::replay);
      assertEquals(Telling.of(message), Telling.of(read.message()), this::replay);
    }
  }

  @Test
  void messageThatEndsEarlyOrLateIsRefused() {
    for (int i = 0; i < MESSAGES; i++) {
      byte[] whole = MessageCodec.encode(1, message());
      byte[] part = new byte[random.nextInt(whole.length)];
      System.arraycopy(whole, 0, part, 0, part.length);
      assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(part), this::replay);
      byte[] more = new byte[whole.length + 1];
      System.arraycopy(whole, 0, more, 0, whole.length);
      assertThrows(IllegalArgumentException.class, () -> MessageCodec.decode(more), this::replay);
    }
  }

  /** Lengths and counts are among what is damaged: memory must not be taken at their word. */
  @Test
  void damagedMessageIsReadOtherwiseOrRefused() {
    for (int i = 0; i < MESSAGES; i++) {
      byte[] bytes = MessageCodec.encode(1, message());
      for (int damaged = random.nextInt(4); damaged >= 0; damaged--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        MessageCodec.decode(bytes);
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

  private Message message() {
    return switch (random.nextInt(6)) {
      case 0 ->
          new Message.Delta(
              vector(), some(this::bytes), vector(), random.nextBoolean(), random.nextBoolean());
      case 1 ->
          new Message.Status(
              random.nextLong(),
              vector(),
              time(),
              time(),
              time(),
              time(),
              time(),
              vector(),
              random.nextBoolean(),
              known(),
              random.nextInt(10),
              random.nextBoolean(),
              random.nextBoolean());
      case 2 -> new Message.Pull(vector());
      case 3 -> new Message.Beyond();
      case 4 -> new Message.AskRows(random.nextLong(), random.nextInt(1000), random.nextBoolean());
      default ->
          new Message.Rows(
              random.nextLong(),
              random.nextInt(1000),
              vector(),
              time(),
              some(() -> new Table.StoredRow("row-ü-" + random.nextInt(), bytes())),
              random.nextBoolean());
    };
  }

  private VersionVector vector() {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = random.nextInt(4); i > 0; i--) {
      vector = vector.with(new Timestamp(time(), random.nextLong()));
    }
    return vector;
  }

  private long time() {
    return random.nextLong() >>> (1 + random.nextInt(40));
  }

  private Set<Long> known() {
    return new TreeSet<>(some(random::nextLong));
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private <T> List<T> some(Supplier<T> drawn) {
    List<T> some = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.add(drawn.get());
    }
    return some;
  }
}
