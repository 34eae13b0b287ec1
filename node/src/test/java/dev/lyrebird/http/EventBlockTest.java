package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The framing of event streams, held against a reader after WHATWG HTML §9.2.6. */
final class EventBlockTest {

  private static final int ROUNDS = 20_000;
  private static final String[] PIECES = {"\n", "\r", "\r\n", " ", ":", "data: ", "é", "x", ""};

  @Test
  void blockIsSpeltAsTheStandardShows() {
    assertEquals("data: \n\n", block(null, null, ""));
    assertEquals("id: 1\ndata: a\ndata: b\n\n", block(null, "1", "a\nb"));
    assertEquals("event: reset\ndata: why\n\n", block("reset", null, "why"));
  }

  @Test
  void whateverLinesGoInComeOutAsOneEvent() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder data = new StringBuilder();
      for (int i = random.nextInt(8); i >= 0; i--) {
        data.append(PIECES[random.nextInt(PIECES.length)]);
      }
      String lines = data.toString().replace("\r\n", "\n").replace('\r', '\n');
      assertEquals(
          List.of(lines), read(block(null, "7", data.toString())), "replay with -Dseed=" + seed);
    }
  }

  private static String block(@Nullable String event, @Nullable String id, String data) {
    return new String(
        EventBlock.of(event, id, data.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }

  /** Returns the data of all events in a stream. */
  private static List<String> read(String stream) {
    List<String> events = new ArrayList<>();
    StringBuilder data = new StringBuilder();
    for (String line : stream.split("\r\n|\r|\n", -1)) {
      if (line.startsWith("data:")) {
        String value = line.substring("data:".length());
        data.append(value.startsWith(" ") ? value.substring(1) : value).append('\n');
      } else if (line.isEmpty() && !data.isEmpty()) {
        events.add(data.substring(0, data.length() - 1));
        data.setLength(0);
      }
    }
    return events;
  }
}
