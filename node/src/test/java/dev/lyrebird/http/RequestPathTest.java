package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the path of a request is read and written. */
final class RequestPathTest {

  @ParameterizedTest
  @CsvSource({
    "/, ''",
    "/T/x, T/x",
    "//T//x/, /T//x/",
    "/T/../x/./y, T/../x/./y",
    "/T/%2e%2E, T/..",
    "/T/a%2Fb, T/a/b",
    "/T/a%20b+c, T/a b+c",
    "/T/%C3%BC, T/ü",
    "/T/%F0%9F%98%80, T/😀",
    "/T/%25, T/%"
  })
  void pathIsDecodedAndLeftAsItIs(String raw, String path) {
    assertEquals(path, RequestPath.decode(raw));
  }

  @Test
  void bytesBeyondAsciiAreReadAsUtf8() {
    assertEquals("ü", RequestPath.decode("/\u00c3\u00bc"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "T",
        "*",
        "/%",
        "/%4",
        "/%zz",
        "/a%g0",
        "/%C3",
        "/%ff",
        "/%C0%80",
        "/%ED%A0%80"
      })
  void brokenPathIsRefused(String raw) {
    RefusedException refused = assertThrows(RefusedException.class, () -> RequestPath.decode(raw));

    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
  }

  @Test
  void encodedPathIsDecodedToItself() {
    String path = "T/a b/%/ü😀?#&\u0000/~x";

    assertEquals("T/a%20b/%25/%C3%BC%F0%9F%98%80%3F%23%26%00/~x", RequestPath.encode(path));
    assertEquals(path, RequestPath.decode('/' + RequestPath.encode(path)));
  }
}
