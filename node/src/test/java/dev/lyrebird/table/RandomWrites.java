package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;

import dev.lyrebird.journal.Write;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Writes of every kind to a few rows, some of which end soon. */
final class RandomWrites {
  private static final List<Write.Kind> KINDS = List.of(Write.Kind.values());
  private static final int IDS = 6;

  private final Random random;

  RandomWrites(Random random) {
    this.random = random;
  }

  /** Returns an id of those that are written to. */
  String id() {
    return "r" + random.nextInt(IDS);
  }

  /** Returns up to four writes. */
  List<Write> some(long nowMillis) {
    return IntStream.range(0, random.nextInt(5)).mapToObj(i -> one(nowMillis)).toList();
  }

  private Write one(long nowMillis) {
    Write.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    String row = "{\"%c\":%d}".formatted((char) ('a' + random.nextInt(3)), random.nextInt(1000));
    String sum = "{\"a\":{\"__op__\":\"add\",\"value\":%d}}".formatted(random.nextInt(10));
    boolean adds = kind == Write.Kind.PATCH && random.nextBoolean();
    long expiry = random.nextInt(4) == 0 ? nowMillis + random.nextInt(-10, 100) : 0;
    return new Write(
        kind,
        id(),
        json(kind == Write.Kind.DELETE ? "" : adds ? sum : row),
        random.nextInt(3),
        0,
        expiry,
        null);
  }
}
