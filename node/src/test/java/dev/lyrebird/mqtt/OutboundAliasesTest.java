package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which topics a client is sent under an alias. */
final class OutboundAliasesTest {

  private static final int MAXIMUM = 4;

  private final OutboundAliases aliases = new OutboundAliases(MAXIMUM);

  /** What the client makes of the aliases. */
  private final Map<Integer, String> learnt = new HashMap<>();

  @Test
  void clientThatTakesNoAliasesIsSentNone() {
    OutboundAliases none = new OutboundAliases(0);
    assertFalse(none.isEnabled());
    assertEquals(0, none.known("topic"));
    assertEquals(0, none.next());
    assertTrue(aliases.isEnabled());
  }

  @Test
  void firstTopicsGetTheAliasesThereAre() {
    for (int i = 1; i <= MAXIMUM; i++) {
      assertFalse(send("topic " + i));
    }
    for (int i = 1; i <= MAXIMUM; i++) {
      assertTrue(send("topic " + i));
    }
  }

  @Test
  void topicThatIsSentOftenKeepsItsAliasAmongManyThatAreSentOnce() {
    send("often");
    for (int i = 0; i < 1000; i++) {
      send("once " + i);
      assertTrue(send("often"), "after " + i + " others");
    }
  }

  @Test
  void topicsThatAreSentNoMoreLoseTheirAliases() {
    for (int i = 0; i < 1000; i++) {
      send("old " + i % MAXIMUM);
    }
    int sent = 0;
    while (!send("new")) {
      sent++;
      assertTrue(sent < 200, "no alias after " + sent + " times");
    }
  }

  @Test
  void topicThatDidNotFitLeavesTheAliasToWhatHadIt() {
    for (int i = 1; i <= MAXIMUM; i++) {
      send("topic " + i);
    }
    assertEquals(1, aliases.next()); // and it is not learnt
    assertTrue(send("topic 1"));
  }

  /** {@link #send} fails where the client would understand another topic. */
  @Test
  void clientUnderstandsEveryTopicWhateverTheirMix() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    int known = 0;
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      known += send("topic " + (int) Math.abs(random.nextGaussian() * MAXIMUM)) ? 1 : 0;
    }
    assertTrue(known > count / 4, "-Dseed=" + seed + ": only " + known);
  }

  /** Sends a topic as a subscriber does; returns whether the alias alone was enough. */
  private boolean send(String topic) {
    int known = aliases.known(topic);
    if (known != 0) {
      assertEquals(topic, learnt.get(known));
      return true;
    }
    int alias = aliases.next();
    if (alias != 0) {
      assertTrue(alias <= MAXIMUM);
      aliases.learn(topic, alias);
      learnt.put(alias, topic);
    }
    return false;
  }
}
