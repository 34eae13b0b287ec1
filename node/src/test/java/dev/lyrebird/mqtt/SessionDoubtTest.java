package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client is sent of what a node that failed may have sent it, and nobody knows. */
final class SessionDoubtTest {

  private static final long BACK = 1_795_219_619_000L;

  @ParameterizedTest
  @CsvSource({
    "made before and come before,       -5000,  -4000, 2, AGAIN",
    "made before and come late,         -5000, 900000, 1, AGAIN",
    "made before and sent at most once, -5000, 900000, 0, NONE",
    "come before by a clock ahead,      30000,  -4000, 1, AGAIN",
    "made since,                         5000,   5000, 2, AGAIN",
    "made since and sent at most once,   5000,   5000, 0, FIRST",
    "made when there is no doubt,       70000,  70000, 2, FIRST",
    "made when it could not be sent,    70000,  70000, 0, FIRST",
  })
  void whatWas(String name, long madeAt, long cameAt, int qos, Session.Delivery expected) {
    Session session = new Session(20, state(BACK));
    assertEquals(expected, session.judge(1, entry(BACK + madeAt, BACK + cameAt), qos));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  void whatIsSentWhereNoNodeFailedIsSentFirst(int qos) {
    Session session = new Session(20, state(0));
    assertEquals(Session.Delivery.FIRST, session.judge(1, entry(BACK - 5000, BACK), qos));
  }

  private static Entry entry(long madeAt, long cameAt) {
    Timestamp timestamp = new Timestamp(Timestamp.timeOfMillis(madeAt), 7);
    Change change = new Change(timestamp, Write.message("a", Payload.EMPTY));
    return new Entry(1, Timestamp.timeOfMillis(cameAt), change, null);
  }

  private static SessionState state(long doubtUntilMillis) {
    return new SessionState(
        new Timestamp(1, 1),
        1,
        true,
        doubtUntilMillis,
        0,
        60,
        List.of(),
        List.of(),
        new long[0],
        List.of(),
        List.of(),
        null,
        0);
  }
}
