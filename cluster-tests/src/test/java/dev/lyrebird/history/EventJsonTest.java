package dev.lyrebird.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EventJsonTest {

  @Test
  void readsAPutWithItsWriteAndItsVersion() {
    assertEquals(
        Optional.of(
            new Sighting(
                Kind.PUT, "t1", Optional.of(new Write("REST@n1.4", 7)), 1795219619332L * 4096 + 1)),
        EventJson.sighting(
            "{\"id\":\"t1\",\"localTime\":1795219619333.0,\"value\":{\"w\":\"REST@n1.4\",\"n\":7,"
                + "\"id\":\"t1\"},\"version\":1795219619332.0002,\"type\":\"put\"}"));
  }

  @Test
  void readsADeleteWithoutAWrite() {
    assertEquals(
        Optional.of(new Sighting(Kind.DELETE, "t1", Optional.empty(), 5 * 4096)),
        EventJson.sighting(
            "{\"id\":\"t1\",\"localTime\":6.0,\"version\":5.0,\"type\":\"delete\"}"));
  }

  @Test
  void seesNoChangeInAnEventThatTellsOfNone() {
    assertEquals(Optional.empty(), EventJson.sighting("{\"type\":\"ready\"}"));
  }

  @Test
  void refusesWhatIsNoJson() {
    assertThrows(IllegalArgumentException.class, () -> EventJson.sighting("put"));
  }
}
