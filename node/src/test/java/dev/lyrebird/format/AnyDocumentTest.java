package dev.lyrebird.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.Columns;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever bytes come as a document: they are read as JSON, or refused. */
final class AnyDocumentTest {

  private static final int DOCUMENTS = 20_000;

  private static final String SOUND =
      "{\"a\":[1,2.5,\"x\",{\"b\":null}],\"c\":12345678901,\"*\":{}}";

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ObjectMapper mapper = new ObjectMapper();

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JSON") // which is read by whoever takes it
  void isTakenOrRefused(Format format) {
    Columns columns = Columns.named("a", "c", "*");
    byte[] sound = format.fromJson(SOUND.getBytes(UTF_8), columns);
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] document = random.nextInt(10) == 0 ? noise() : damaged(sound);
      try {
        byte[] json = format.toJson(document, columns);
        assertTrue(mapper.readTree(json) != null);
      } catch (RefusedException e) {
        assertEquals(Refusal.Reason.BAD_REQUEST, e.refusal().reason());
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("-Dseed=%d %s %s".formatted(seed, format, hex(document)), e);
      }
    }
  }

  private byte[] damaged(byte[] sound) {
    byte[] bytes = Arrays.copyOf(sound, 1 + random.nextInt(sound.length));
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private byte[] noise() {
    byte[] bytes = new byte[random.nextInt(64)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
