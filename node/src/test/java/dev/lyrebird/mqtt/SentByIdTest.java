package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.Inflight.Sent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SentByIdTest {

  private static final int STEPS = 200_000;

  /** Runs of additions and removals alternate, so that it grows, has holes, and is emptied. */
  private static final int STEPS_OF_RUN = 2_000;

  @Test
  void behavesAsALinkedHashMap() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    SentById tested = new SentById();
    Map<Integer, Sent> model = new LinkedHashMap<>();
    for (int step = 0; step < STEPS; step++) {
      boolean isGrowing = step / STEPS_OF_RUN % 2 == 0;
      int packetId = packetId(random, model);
      String context = "step %d of seed %d".formatted(step, seed);
      if (random.nextInt(10) == 0 && model.containsKey(packetId)) {
        Sent released = Sent.released(packetId, null);
        model.replace(packetId, released);
        tested.replace(released);
      } else if (random.nextInt(5) < (isGrowing ? 4 : 1)) {
        Sent one = Sent.shared(packetId, 1, shared(step));
        assertEquals(model.putIfAbsent(packetId, one) == null, tested.add(one), context);
      } else {
        assertEquals(model.remove(packetId) != null, tested.remove(packetId), context);
      }
      assertEquals(model.get(packetId), tested.get(packetId), context);
      assertEquals(model.size(), tested.size(), context);
      if (step % 100 == 0) {
        assertEquals(List.copyOf(model.values()), tested.inOrder(), context);
      }
    }
  }

  /** Neighbours, as of a burst, and identifiers that meet at the same place of an index. */
  private static SessionState.Shared shared(int step) {
    return new SessionState.Shared("$share/g/a", new GroupMessage.Name(1, new Timestamp(step, 1)));
  }

  private static int packetId(Random random, Map<Integer, Sent> model) {
    if (!model.isEmpty() && random.nextInt(3) == 0) {
      List<Integer> used = new ArrayList<>(model.keySet());
      return random.nextBoolean() ? used.getFirst() : used.get(random.nextInt(used.size()));
    }
    return random.nextBoolean() ? 1 + random.nextInt(3000) : 1024 * (1 + random.nextInt(60));
  }
}
