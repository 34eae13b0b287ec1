package dev.lyrebird.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClusterReportTest {

  private final ClusterReport report = read();

  @Test
  void countsThisNodeAndThoseThatArePresent() {
    assertEquals(2, report.present());
  }

  @Test
  void readsVectorAndOriginOfATable() {
    assertEquals("a", report.origin("Rows"));
    assertEquals(Map.of("a", 40_961L, "b", 8192L), report.vector("Rows"));
    assertThrows(AssertionError.class, () -> report.vector("Lines"));
  }

  @Test
  void readsWhatIsWrong() {
    assertEquals(List.of("the clock is ahead"), report.faults());
    assertEquals(Duration.ofMillis(1500), report.skew("n2"));
  }

  private static ClusterReport read() {
    try {
      return new ClusterReport(
          new ObjectMapper()
              .readTree(
                  """
                  {"node": {"id": "a", "name": "n1"},
                   "members": [{"id": "b", "name": "n2", "present": true, "skewMillis": 1500},
                               {"id": "c", "name": "n3", "present": false, "skewMillis": null}],
                   "tables": [{"name": "data/Rows", "origin": "a",
                               "vector": {"a": 10.0002, "b": 2.0}}],
                   "faults": ["the clock is ahead"]}\
                  """));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
