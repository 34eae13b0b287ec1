package dev.lyrebird.http;

import dev.lyrebird.view.MediaType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** In what rows can be shown and sent. */
enum Format {
  JSON,
  CBOR;

  MediaType mediaType() {
    return switch (this) {
      case JSON -> MediaType.JSON;
      case CBOR -> MediaType.CBOR;
    };
  }

  /** The end of a path that asks for the format, without its dot. */
  String extension() {
    return name().toLowerCase(Locale.ROOT);
  }

  static @Nullable Format ofExtension(String extension) {
    for (Format format : values()) {
      if (format.extension().equals(extension)) {
        return format;
      }
    }
    return null;
  }
}
