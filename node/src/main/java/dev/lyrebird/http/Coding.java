package dev.lyrebird.http;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A content coding in which answers are sent (RFC 9110 §8.4.1), the better one first. */
enum Coding {
  /** Where its native library runs. */
  BROTLI("br") {
    @Override
    boolean isAvailable() {
      return Brotli4jLoader.isAvailable();
    }

    @Override
    OutputStream over(OutputStream out) throws IOException {
      return new BrotliOutputStream(out, Encoder.Parameters.create(BROTLI_QUALITY));
    }
  },

  GZIP("gzip") {
    @Override
    boolean isAvailable() {
      return true;
    }

    @Override
    OutputStream over(OutputStream out) throws IOException {
      return new GZIPOutputStream(out);
    }
  };

  /** Of 11: about as fast as gzip, and smaller. The best ones take a hundred times as long. */
  private static final int BROTLI_QUALITY = 4;

  private static final int TOP_WEIGHT = 1000;

  private final String token;

  Coding(String token) {
    this.token = token;
  }

  /** The name in header fields. */
  String token() {
    return token;
  }

  /** The end of the entity tag of content in this coding. */
  String tagEnd() {
    return '.' + token;
  }

  abstract boolean isAvailable();

  /** Returns a stream that compresses what is written to it. */
  abstract OutputStream over(OutputStream out) throws IOException;

  /**
   * Returns the coding that a client likes best (RFC 9110 §12.5.3); null where it is to be none.
   *
   * @param field {@code Accept-Encoding}, or null where there is none
   */
  static @Nullable Coding accepted(@Nullable String field) {
    if (field == null) {
      return null;
    }
    Coding best = null;
    int weight = Math.max(0, weight(field, "identity"));
    for (Coding coding : values()) {
      int own = weight(field, coding.token);
      int given = own < 0 ? weight(field, "*") : own;
      boolean isBetter = best == null ? given >= Math.max(1, weight) : given > weight;
      if (isBetter && coding.isAvailable()) {
        best = coding;
        weight = given;
      }
    }
    return best;
  }

  /** Returns the weight that a field gives to a name; -1 where it does not name it. */
  private static int weight(String field, String name) {
    for (String item : field.split(",", -1)) {
      int semicolon = item.indexOf(';');
      String coding = (semicolon < 0 ? item : item.substring(0, semicolon)).strip();
      if (coding.equalsIgnoreCase(name) || coding.equalsIgnoreCase("x-" + name)) {
        return semicolon < 0 ? TOP_WEIGHT : Accept.weight(quality(item.substring(semicolon + 1)));
      }
    }
    return -1;
  }

  private static @Nullable String quality(String parameter) {
    String text = parameter.strip();
    return text.regionMatches(true, 0, "q=", 0, 2) ? text.substring(2).strip() : null;
  }
}
