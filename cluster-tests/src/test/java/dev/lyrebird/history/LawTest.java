package dev.lyrebird.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An honest history passes every law, and each law has a forged one that it does not pass. */
final class LawTest {

  private static final Write M1 = new Write("a", 1);
  private static final Write M2 = new Write("a", 2);
  private static final Write OLD = new Write("a", 3);
  private static final Write WINNER = new Write("b", 1);
  private static final Write GONE = new Write("b", 2);
  private static final Write DELETION = new Write("b", 3);

  private static final List<Sent> SENT =
      List.of(
          new Sent(M1, "n1", "t", Kind.MESSAGE, true),
          new Sent(M2, "n1", "t", Kind.MESSAGE, true),
          new Sent(OLD, "n1", "t", Kind.PUT, true),
          new Sent(WINNER, "n2", "t", Kind.PUT, true),
          new Sent(GONE, "n2", "u", Kind.PUT, true),
          new Sent(DELETION, "n2", "u", Kind.DELETE, true));

  /** Sees the change that loses, because it was written at its node. */
  private static final Observer ON_N1 =
      new Observer(
          "sse@n1",
          "n1",
          Attendance.AT_ONE_NODE,
          List.of(
              message(M1, 10),
              message(M2, 11),
              put("t", OLD, 20),
              put("t", WINNER, 30),
              put("u", GONE, 31),
              delete("u", 32)));

  /** Learns of the change that loses when it has lost, and knows no versions. */
  private static final Observer ON_N2 =
      new Observer(
          "mqtt@n2",
          "n2",
          Attendance.AT_ONE_NODE,
          List.of(
              put("t", WINNER, 0),
              message(M1, 0),
              put("u", GONE, 0),
              message(M2, 0),
              delete("u", 0)));

  private static final Map<String, Map<String, Write>> ROWS =
      Map.of("n1", Map.of("t", WINNER), "n2", Map.of("t", WINNER));

  private static final History HONEST = new History(SENT, List.of(ON_N1, ON_N2), ROWS);

  @Test
  void anHonestHistoryPassesEveryLawAndNoLawIsIdle() {
    for (Verdict verdict : HONEST.verdicts()) {
      assertTrue(verdict.holds() && verdict.facts() > 0, verdict::toString);
    }
  }

  @Test
  void aMessageThatOneObserverWasNeverToldIsLost() {
    assertBroken(
        told(ON_N2, sightings -> without(sightings, message(M2, 0))),
        Law.NOTHING_ACKNOWLEDGED_IS_LOST);
  }

  @Test
  void aChangeThatWasNotToldWhereItWasWrittenIsLost() {
    assertBroken(
        told(ON_N1, sightings -> without(sightings, put("t", OLD, 20))),
        Law.NOTHING_ACKNOWLEDGED_IS_LOST);
  }

  @Test
  void whoMovedMayMissAChangeThatLostButNoMessage() {
    List<Sighting> few = without(ON_N1.sightings(), put("t", OLD, 20));
    assertBroken(moved(ON_N1, few));
    assertBroken(moved(ON_N1, without(few, message(M1, 10))), Law.NOTHING_ACKNOWLEDGED_IS_LOST);
  }

  @Test
  void whoMovedMissesNoChangeOfARowThatHadNoOther() {
    Write only = new Write("c", 1);
    List<Sent> sent = new ArrayList<>(SENT);
    sent.add(new Sent(only, "n2", "v", Kind.PUT, true));
    Map<String, Write> rows = Map.of("t", WINNER, "v", only);
    Observer moved =
        new Observer(
            ON_N1.name(), "n1", Attendance.AT_SEVERAL, and(ON_N1.sightings(), put("v", only, 40)));
    Map<String, Map<String, Write>> held = Map.of("n1", rows, "n2", rows);
    assertBroken(new History(sent, List.of(moved), held));
    assertBroken(
        new History(sent, List.of(toldOnly(moved, ON_N1.sightings())), held),
        Law.NOTHING_ACKNOWLEDGED_IS_LOST);
  }

  @Test
  void whoWasAwayMayMissAnything() {
    assertBroken(
        with(
            ON_N2, new Observer("mqtt@n2", "n2", Attendance.INTERRUPTED, List.of(message(M2, 0)))));
  }

  @Test
  void whatWasNotAcknowledgedMayBeLost() {
    List<Sent> sent = new ArrayList<>(SENT);
    sent.set(1, new Sent(M2, "n1", "t", Kind.MESSAGE, false));
    History history =
        new History(
            sent,
            List.of(
                toldOnly(ON_N1, without(ON_N1.sightings(), message(M2, 11))),
                toldOnly(ON_N2, without(ON_N2.sightings(), message(M2, 0)))),
            ROWS);
    assertBroken(history);
  }

  @Test
  void aMessageThatComesAgainIsToldTwiceAndOutOfOrder() {
    assertBroken(
        told(ON_N2, sightings -> and(sightings, message(M1, 0))),
        Law.NOTHING_IS_TOLD_TWICE,
        Law.THE_ORDER_OF_EACH_WRITER_IS_KEPT);
  }

  @Test
  void twoMessagesOfOneWriterThatChangePlacesAreOutOfOrder() {
    assertBroken(
        told(ON_N1, sightings -> and(without(sightings, message(M1, 10)), message(M1, 10))),
        Law.THE_ORDER_OF_EACH_WRITER_IS_KEPT);
  }

  @Test
  void aSubscriberOfAtLeastOnceMayBeToldAgain() {
    List<Sighting> again = List.of(message(M1, 0), message(M2, 0), message(M1, 0), message(M2, 0));
    assertBroken(with(ON_N2, session(Interest.atLeastOnce("t"), again)));
    assertBroken(
        with(ON_N2, session(Interest.once("t"), again)),
        Law.NOTHING_IS_TOLD_TWICE,
        Law.THE_ORDER_OF_EACH_WRITER_IS_KEPT);
  }

  @Test
  void aSubscriberOfAtLeastOnceMissesNothingAndIsToldEachFirstInOrder() {
    assertBroken(
        with(ON_N2, session(Interest.atLeastOnce("t"), List.of(message(M1, 0), message(M1, 0)))),
        Law.NOTHING_ACKNOWLEDGED_IS_LOST);
    assertBroken(
        with(ON_N2, session(Interest.atLeastOnce("t"), List.of(message(M2, 0), message(M1, 0)))),
        Law.THE_ORDER_OF_EACH_WRITER_IS_KEPT);
  }

  @Test
  void aSubscriberOfOneTopicNeedNotBeToldOfOthers() {
    assertBroken(with(ON_N2, session(Interest.once("other"), List.of())));
  }

  @Test
  void aMessageThatNobodySentIsInvented() {
    assertBroken(
        told(ON_N2, sightings -> and(sightings, message(new Write("c", 1), 0))),
        Law.NOTHING_IS_INVENTED);
  }

  @Test
  void aMessageThatComesAsARowIsInvented() {
    assertBroken(
        told(ON_N2, sightings -> and(without(sightings, message(M2, 0)), put("v", M2, 0))),
        Law.NOTHING_IS_INVENTED,
        Law.THE_LAST_EVENT_IS_THE_ROW);
  }

  @Test
  void anOlderVersionAfterANewerOneGoesBack() {
    assertBroken(
        told(ON_N1, sightings -> and(without(sightings, put("t", OLD, 20)), put("t", OLD, 20))),
        Law.NO_VERSION_GOES_BACK,
        Law.THE_LAST_EVENT_IS_THE_ROW);
  }

  @Test
  void aRowThatIsNotTheLatestVersionHasNotWon() {
    Map<String, Write> old = Map.of("t", OLD);
    assertBroken(
        new History(SENT, HONEST.observers(), Map.of("n1", old, "n2", old)),
        Law.THE_LATEST_VERSION_WINS,
        Law.THE_LAST_EVENT_IS_THE_ROW);
  }

  @Test
  void aRowOlderThanWhatItsOwnWriterWroteIsFoundWithoutAnyVersion() {
    Write newer = new Write("a", 2);
    assertBroken(
        new History(
            List.of(
                new Sent(M1, "n1", "t", Kind.PUT, true),
                new Sent(newer, "n1", "t", Kind.PUT, true)),
            List.of(),
            Map.of("n1", Map.of("t", M1))),
        Law.NO_ROW_IS_OLDER_THAN_AN_ACKNOWLEDGED_WRITE);
  }

  @Test
  void aRowThatIsGoneWithoutADeleteIsOlderThanItsWrite() {
    assertBroken(
        new History(SENT, HONEST.observers(), Map.of("n1", Map.of(), "n2", Map.of())),
        Law.NO_ROW_IS_OLDER_THAN_AN_ACKNOWLEDGED_WRITE,
        Law.THE_LATEST_VERSION_WINS,
        Law.THE_LAST_EVENT_IS_THE_ROW);
  }

  @Test
  void aDeletedRowThatComesBackIsOlderThanItsDelete() {
    Map<String, Write> back = Map.of("t", WINNER, "u", GONE);
    assertBroken(
        new History(SENT, HONEST.observers(), Map.of("n1", back, "n2", back)),
        Law.NO_ROW_IS_OLDER_THAN_AN_ACKNOWLEDGED_WRITE,
        Law.THE_LATEST_VERSION_WINS,
        Law.THE_LAST_EVENT_IS_THE_ROW);
  }

  @Test
  void aSubscriberThatIsNotToldTheWinnerHasAnotherRowInMind() {
    assertBroken(
        told(ON_N1, sightings -> without(sightings, put("t", WINNER, 30))),
        Law.THE_LATEST_VERSION_WINS,
        Law.THE_LAST_EVENT_IS_THE_ROW);
  }

  @Test
  void nodesThatHoldDifferentRowsHaveNotConverged() {
    assertBroken(
        new History(
            SENT,
            HONEST.observers(),
            Map.of("n1", Map.of("t", WINNER), "n2", Map.of("t", WINNER, "v", OLD))),
        Law.ALL_NODES_HOLD_THE_SAME_ROWS);
  }

  /** Every one of {@code broken} is broken, and nothing else. */
  private static void assertBroken(History history, Law... broken) {
    Set<Law> expected = EnumSet.noneOf(Law.class);
    expected.addAll(List.of(broken));
    Set<Law> found =
        history.verdicts().stream()
            .filter(verdict -> !verdict.holds())
            .map(Verdict::law)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Law.class)));
    assertEquals(expected, found, () -> history.verdicts().toString());
  }

  /** A client of MQTT that came from another node. */
  private static Observer session(Interest interest, List<Sighting> sightings) {
    return new Observer(ON_N2.name(), ON_N2.node(), Attendance.AT_SEVERAL, interest, sightings);
  }

  private static History told(Observer observer, UnaryOperator<List<Sighting>> forgery) {
    return with(observer, toldOnly(observer, forgery.apply(observer.sightings())));
  }

  private static Observer toldOnly(Observer observer, List<Sighting> sightings) {
    return new Observer(observer.name(), observer.node(), observer.attendance(), sightings);
  }

  private static History moved(Observer observer, List<Sighting> sightings) {
    return with(
        observer, new Observer(observer.name(), observer.node(), Attendance.AT_SEVERAL, sightings));
  }

  private static History with(Observer replaced, Observer by) {
    return new History(
        SENT,
        HONEST.observers().stream().map(any -> any.equals(replaced) ? by : any).toList(),
        ROWS);
  }

  private static List<Sighting> without(List<Sighting> sightings, Sighting one) {
    List<Sighting> rest = new ArrayList<>(sightings);
    assertTrue(rest.remove(one), "the forgery removes what is there");
    return rest;
  }

  private static List<Sighting> and(List<Sighting> sightings, Sighting one) {
    List<Sighting> all = new ArrayList<>(sightings);
    all.add(one);
    return all;
  }

  private static Sighting message(Write write, long version) {
    return new Sighting(Kind.MESSAGE, "t", Optional.of(write), version);
  }

  private static Sighting put(String topic, Write write, long version) {
    return new Sighting(Kind.PUT, topic, Optional.of(write), version);
  }

  private static Sighting delete(String topic, long version) {
    return new Sighting(Kind.DELETE, topic, Optional.empty(), version);
  }
}
