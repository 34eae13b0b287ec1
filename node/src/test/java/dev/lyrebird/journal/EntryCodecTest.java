package dev.lyrebird.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Entries come back as they went; bytes that are no page are refused, cheaply. */
final class EntryCodecTest {
  private static final int PAGES = 500;
  private static final int DAMAGES = 20;

  /** Decoding makes objects of a few bytes each, and may not make more than a page has room for. */
  private static final int ALLOCATED_PER_BYTE = 200;

  private static final List<Write.Kind> KINDS = List.of(Write.Kind.values());
  private static final PublishProperties NONE = new PublishProperties(true, null, null, List.of());

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void entriesOfEveryShapeComeBack() {
    for (int i = 0; i < PAGES; i++) {
      List<Entry> entries = entries(1 + random.nextInt(20));
      byte[] page = EntryCodec.encode(entries);
      assertEquals(entries, EntryCodec.decode(page), this::replay);
      assertEquals(
          entries.getLast().position(), EntryCodec.head(page).lastPosition(), this::replay);
    }
  }

  @Test
  void aMebibyteComesBack() {
    byte[] bytes = new byte[1 << 20];
    random.nextBytes(bytes);
    Change change = new Change(new Timestamp(5, 1), Write.put("a", Payload.of(bytes)));
    List<Entry> entries = List.of(new Entry(1, 5, change, null));
    assertEquals(entries, EntryCodec.decode(EntryCodec.encode(entries)), this::replay);
  }

  @Test
  void payloadsAloneComeBack() {
    for (int i = 0; i < PAGES; i++) {
      Payload payload = payload();
      ByteWriter out = new ByteWriter(16);
      EntryCodec.encodePayload(out, payload);
      ByteBuffer in = ByteBuffer.wrap(out.toByteArray());
      assertEquals(payload, EntryCodec.decodePayload(in), this::replay);
      assertEquals(0, in.remaining(), this::replay);
    }
  }

  @Test
  void everyBeginningOfAPageIsRefused() {
    byte[] page = EntryCodec.encode(entries(5));
    for (int length = 0; length < page.length; length++) {
      byte[] beginning = Arrays.copyOf(page, length);
      assertThrows(
          IllegalArgumentException.class, () -> EntryCodec.decode(beginning), this::replay);
    }
  }

  @Test
  void aPageWithBytesBehindItIsRefused() {
    byte[] page = EntryCodec.encode(entries(5));
    byte[] longer = Arrays.copyOf(page, page.length + 1);
    assertThrows(IllegalArgumentException.class, () -> EntryCodec.decode(longer), this::replay);
  }

  @Test
  void forgedCountsAreRefusedBeforeRoomIsMadeForThem() {
    Change change =
        new Change(new Timestamp(1, 1), Write.message("a", new Payload(new byte[0], null, NONE)));
    byte[] page = EntryCodec.encode(List.of(new Entry(1, 1, change, null)));
    for (long forged : new long[] {1, 1 << 28, Long.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      ByteWriter out = new ByteWriter(32);
      for (int i = 0; i < page.length - 1; i++) { // the last byte counts the user properties
        out.octet(page[i]);
      }
      out.varint(forged);
      byte[] bytes = out.toByteArray();
      assertThrows(IllegalArgumentException.class, () -> EntryCodec.decode(bytes));
    }
  }

  @Test
  void aDamagedPageIsRefusedOrReadAndNeverCostsMuch() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < PAGES * DAMAGES; i++) {
      byte[] page = EntryCodec.encode(entries(1 + random.nextInt(5)));
      for (int j = random.nextInt(3); j >= 0; j--) {
        page[random.nextInt(page.length)] = (byte) (oneIn(2) ? -1 : random.nextInt());
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        EntryCodec.decode(page);
      } catch (IllegalArgumentException e) {
        // Refused, as it may be.
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(
          allocated < 10_000 + (long) ALLOCATED_PER_BYTE * page.length,
          () -> replay() + ": " + allocated + " bytes for a page of " + page.length);
    }
  }

  @Test
  void aMovedPageIsThePageOfTheMovedEntries() {
    for (int i = 0; i < PAGES; i++) {
      List<Entry> entries = entries(1 + random.nextInt(5));
      long position = random.nextLong(1, 1L << 40);
      long localTime = random.nextLong(1L << 56);
      List<Entry> moved = new ArrayList<>();
      for (Entry entry : entries) {
        moved.add(
            new Entry(
                position + moved.size(),
                localTime,
                entry.change(),
                entry.merged(),
                entry.isSuperseded()));
      }
      assertArrayEquals(
          EntryCodec.encode(moved),
          EntryCodec.moved(EntryCodec.encode(entries), localTime, position),
          this::replay);
    }
  }

  private List<Entry> entries(int count) {
    long position = random.nextLong(1, 1L << 40);
    long localTime = random.nextLong(1L << 56);
    long node = random.nextLong();
    long time = random.nextLong(1L << 56);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      time += 1 + random.nextInt(1 << random.nextInt(1, 30));
      long rankTime = oneIn(5) ? random.nextLong(1L << 56) : time;
      long created = oneIn(3) ? random.nextLong(1L << 50) : 0;
      Change change = new Change(new Timestamp(time, node), rankTime, created, write());
      entries.add(new Entry(position + i, localTime, change, merged(), oneIn(5)));
    }
    return entries;
  }

  private Write write() {
    return new Write(
        KINDS.get(random.nextInt(KINDS.size())),
        text(),
        payload(),
        random.nextInt(3),
        oneIn(3) ? random.nextLong() : 0,
        oneIn(3) ? random.nextLong() : 0,
        textOrNull());
  }

  private Entry.@Nullable Merged merged() {
    Timestamp version = new Timestamp(random.nextLong(), random.nextLong());
    return oneIn(3) ? new Entry.Merged(version, payload(), random.nextLong(1L << 50)) : null;
  }

  private Payload payload() {
    return new Payload(bytes(), textOrNull(), oneIn(3) ? properties() : null);
  }

  private PublishProperties properties() {
    List<UserProperty> user =
        IntStream.range(0, random.nextInt(3))
            .mapToObj(i -> new UserProperty(text(), text()))
            .toList();
    return new PublishProperties(
        random.nextBoolean(), textOrNull(), oneIn(2) ? bytes() : null, user);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[oneIn(3) ? 0 : random.nextInt(200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private @Nullable String textOrNull() {
    return oneIn(2) ? null : text();
  }

  /** Any characters of Unicode, U+0000 among them, but no halves of surrogate pairs. */
  private String text() {
    return random
        .ints(random.nextInt(12), 0, Character.MAX_CODE_POINT + 1)
        .map(point -> oneIn(2) ? point & 0x7f : point)
        .filter(point -> !Character.isSurrogate((char) point) || point > Character.MAX_VALUE)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
