package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NearestNameTest {
  private static final List<String> KNOWN = List.of("table", "export", "sealed", "ws");

  @Test
  void aSlipFindsTheNameThatWasMeant() {
    assertEquals(Optional.of("table"), NearestName.of("tabel", KNOWN));
    assertEquals(Optional.of("export"), NearestName.of("exports", KNOWN));
    assertEquals(Optional.of("ws"), NearestName.of("w", KNOWN));
  }

  @Test
  void caseIsNoDistance() {
    assertEquals(Optional.of("sealed"), NearestName.of("SEALED", List.of("seale", "sealed")));
  }

  @Test
  void aNameFarFromAllHasNoNearest() {
    assertEquals(Optional.empty(), NearestName.of("relationship", KNOWN));
    assertEquals(Optional.empty(), NearestName.of("table", List.of()));
  }
}
