package dev.lyrebird.acceptance;

import dev.lyrebird.acceptance.Ledger.Entry;
import dev.lyrebird.harness.NodeProcess;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Twenty times {@code kill -9} under load: what was acknowledged is there, and who resumes by
 * cursor has missed nothing and sees nothing twice. {@code -Dseed=} replays the moments of the
 * kills.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class KillIT {

  private static final int ROUNDS = 20;
  private static final int MOST_WRITES_OF_A_ROUND = 1500;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final NodeProcess node =
      NodeProcess.start(
          Nodes.named("kill").schema("type Rows @table @export { id: ID @primaryKey }"));
  private final Ledger ledger = new Ledger();
  private final Aftermath aftermath = new Aftermath(node, ledger);
  private final List<ResumingSubscriber> subscribers =
      List.of(
          new ResumingSubscriber.OfEvents(node.addresses(), Aftermath.TABLE),
          new ResumingSubscriber.OfFrames(node.addresses(), Aftermath.TABLE));

  @AfterAll
  void stop() {
    subscribers.forEach(ResumingSubscriber::close);
    node.close();
  }

  @Test
  void nothingAcknowledgedIsLostAndNothingIsToldTwice() throws Exception {
    System.out.println("kill test: -Dseed=" + seed);
    Random random = new Random(seed);
    writeFirst();
    for (int round = 0; round < ROUNDS; round++) {
      Load load = new Load(node.addresses(), ledger);
      ledger.awaitAcknowledgements(
          ledger.acknowledgements() + random.nextInt(MOST_WRITES_OF_A_ROUND));
      node.kill();
      load.awaitEnd();
      subscribers.forEach(ResumingSubscriber::disconnected);
      node.restart();
      subscribers.forEach(subscriber -> subscriber.connect(node.addresses(), Aftermath.TABLE));
      aftermath.assertRowsAreTheLastAcknowledgedOrLater();
    }
    aftermath.assertEverythingWasToldOnce(
        subscribers.stream().<Aftermath.Told>map(told -> told::awaitThrough).toList());
  }

  /** Gives every subscriber an event to resume from before the first kill. */
  private void writeFirst() {
    Entry first = ledger.next("first");
    aftermath.put(first);
    subscribers.forEach(subscriber -> subscriber.awaitThrough(first.json().replace("}", "")));
  }
}
