package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.format.Format;
import dev.lyrebird.view.Columns;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes come as content, in whatever format and coding: the node takes or refuses them.
 */
final class AnyContentTest {

  private static final int REQUESTS = 3_000;

  private static final List<Format> FORMATS = List.copyOf(Format.ALL);

  private static final List<String> TARGETS =
      List.of("PUT /T/a", "PATCH /T/a", "POST /T/a", "PUT /T/", "POST /T/");

  private static final byte[] ROWS =
      "[{\"id\":\"a\",\"n\":1,\"x\":[2.5,null]},{\"id\":\"b\",\"n\":-7}]".getBytes(UTF_8);

  private static final byte[] ROW =
      "{\"id\":\"a\",\"n\":1,\"x\":[2.5,{\"b\":null}]}".getBytes(UTF_8);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final HttpNode node =
      HttpNode.start("type T @table @export { id: ID @primaryKey n: Int }");

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void isTakenOrRefusedAndNeverAFailure() {
    for (int i = 0; i < REQUESTS; i++) {
      Format format = any(FORMATS);
      String target = any(TARGETS);
      boolean isCoded = random.nextInt(3) == 0;
      byte[] content = content(format, isCoded);
      HttpResponse<String> answer = send(target, format, isCoded, content);
      assertTrue(
          answer.statusCode() < 500,
          () ->
              "-Dseed=%d %s %s %s: %s"
                  .formatted(
                      seed, target, format, HexFormat.of().formatHex(content), answer.body()));
    }
    assertEquals(200, node.send("GET", "/T/").statusCode());
  }

  private <T> T any(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  private byte[] content(Format format, boolean isCoded) {
    Columns columns = Columns.named("id", "n", "x");
    byte[] sound =
        format.isOfRows() || random.nextBoolean()
            ? format.fromJson(ROW, columns)
            : format.fromJson(ROWS);
    if (random.nextInt(10) == 0) {
      sound = new byte[1 + random.nextInt(100)];
      random.nextBytes(sound);
    }
    boolean isInnerDamaged = random.nextBoolean();
    byte[] inner = isInnerDamaged ? damaged(sound) : sound;
    byte[] coded = isCoded ? GzipContentTest.gzip(inner) : inner;
    return isCoded && random.nextBoolean() ? damaged(coded) : coded;
  }

  private byte[] damaged(byte[] sound) {
    byte[] bytes = Arrays.copyOf(sound, 1 + random.nextInt(sound.length));
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private HttpResponse<String> send(String target, Format format, boolean isCoded, byte[] content) {
    String[] words = target.split(" ", -1);
    HttpRequest.Builder request = node.request(words[1], "Content-Type", format.mediaType().name());
    if (isCoded) {
      request.header("Content-Encoding", "gzip");
    }
    return node.send(
        request.method(words[0], HttpRequest.BodyPublishers.ofByteArray(content)).build());
  }
}
