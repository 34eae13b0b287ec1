package dev.lyrebird.replication;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What clients write: few rows and few attributes, so that they collide. */
final class Workload {

  static final List<String> IDS = List.of("r0", "r1", "r2", "r3");

  private static final List<String> ATTRIBUTES = List.of("a", "b", "c");
  private static final int MAX_BATCH = 3;
  private static final int MAX_LIFE_MILLIS = 3000;

  private final RandomGenerator random;

  /** Makes each value one of its kind. */
  private long written;

  Workload(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Draws what one client asks at once.
   *
   * @param nowMillis what the node's clock shows
   */
  List<Write> writes(long nowMillis) {
    List<Write> writes = new ArrayList<>();
    for (int i = random.nextInt(MAX_BATCH); i >= 0; i--) {
      writes.add(write(nowMillis));
    }
    return writes;
  }

  private Write write(long nowMillis) {
    String id = IDS.get(random.nextInt(IDS.size()));
    written++;
    return switch (random.nextInt(10)) {
      case 0, 1 -> Write.message(id, payload("message " + written));
      case 2 -> Write.delete(id);
      case 3, 4, 5 -> ending(Write.put(id, row(id)), nowMillis);
      case 6, 7 ->
          ending(
              Write.patch(id, payload("{\"%s\":%d}".formatted(attribute(), written))), nowMillis);
      default ->
          Write.patch(
              id,
              payload(
                  "{\"%s\":{\"__op__\":\"add\",\"value\":%d}}"
                      .formatted(attribute(), 1 + random.nextInt(9))));
    };
  }

  private Payload row(String id) {
    Map<String, Long> attributes = new TreeMap<>(Map.of(attribute(), written));
    attributes.put(attribute(), written);
    return payload(ExpectedRows.text(id, attributes));
  }

  private String attribute() {
    return ATTRIBUTES.get(random.nextInt(ATTRIBUTES.size()));
  }

  private static Payload payload(String text) {
    return Payload.json(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Gives some writes an end. */
  private Write ending(Write write, long nowMillis) {
    return random.nextInt(8) > 0
        ? write
        : new Write(
            write.kind(),
            write.id(),
            write.payload(),
            write.qos(),
            write.publisher(),
            nowMillis + 1 + random.nextInt(MAX_LIFE_MILLIS),
            write.user());
  }
}
