package dev.lyrebird.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AddressesTest {

  @Test
  void readsTheStartLine() {
    assertEquals(
        Optional.of(new Addresses("n1", "127.0.0.1", 9926, 1883, 9925)),
        Addresses.parse(
            "lyrebird n1 ready: http 127.0.0.1:9926, mqtt 127.0.0.1:1883,"
                + " operations 127.0.0.1:9925"));
  }

  @Test
  void takesNoOtherLineForTheStartLine() {
    assertEquals(Optional.empty(), Addresses.parse("12:00:01 INFO lyrebird n1 ready: http soon"));
  }
}
