package dev.lyrebird.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SampleRowsTest {

  private final SampleRows rows = new SampleRows(1_000);

  @Test
  void aLineIsARowOfTheLengthThatIsTold() {
    String line = new String(rows.line(789), StandardCharsets.US_ASCII);
    assertEquals(SampleRows.BYTES + 1, line.length());
    assertEquals(
        "{\"id\":\"r0000789\",\"site\":\"s000089\",\"reading\":1000091,\"note\":\"%s\"}\n"
            .formatted(rows.note(789)),
        line);
  }

  @Test
  void noReadingComesTwiceAndNoneIsLeftOut() {
    assertEquals(
        IntStream.range(0, rows.count()).map(rows::reading).boxed().toList(),
        IntStream.range(0, rows.count()).map(rows::readingOf).sorted().boxed().toList());
  }
}
