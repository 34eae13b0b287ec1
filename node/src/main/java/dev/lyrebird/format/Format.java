package dev.lyrebird.format;

import dev.lyrebird.view.Columns;
import dev.lyrebird.view.MediaType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * In what rows can be shown and sent, the dearest first. Each has a {@link Codec}, a media type,
 * and an extension for the end of a path.
 */
@SuppressWarnings(
    "ImmutableEnumChecker") // codecs are, though Jackson does not promise it of its own
public enum Format {
  JSON(new JsonCodec(), MediaType.JSON),
  CBOR(Cbor.CODEC, MediaType.CBOR),
  MSGPACK(
      MessagePack.CODEC,
      new MediaType("application", "msgpack", ""),
      new MediaType("application", "x-msgpack", ""),
      new MediaType("application", "vnd.msgpack", "")),
  CSV(new Csv(), new MediaType("text", "csv", "")),
  NDJSON(
      new Ndjson(),
      MediaType.NDJSON,
      new MediaType("application", "ndjson", ""),
      new MediaType("application", "jsonl", ""));

  /** All that a client may choose from for rows and lists of them. */
  public static final Set<Format> ALL = Collections.unmodifiableSet(EnumSet.allOf(Format.class));

  /** Those in which a document is one value, whatever it is; in the others it is a list of rows. */
  public static final Set<Format> OF_VALUES =
      Collections.unmodifiableSet(EnumSet.of(JSON, CBOR, MSGPACK));

  private static final Columns NO_COLUMNS = Columns.named();

  private final Codec codec;
  private final List<MediaType> mediaTypes;
  private final String extension;

  Format(Codec codec, MediaType... mediaTypes) {
    this.codec = codec;
    this.mediaTypes = List.of(mediaTypes);
    this.extension = name().toLowerCase(Locale.ROOT);
  }

  /** Returns the type that says it best. */
  public MediaType mediaType() {
    return mediaTypes.getFirst();
  }

  /** Returns all types by which clients call it. */
  public List<MediaType> mediaTypes() {
    return mediaTypes;
  }

  /** Returns the media types of formats as a header field or a sentence lists them. */
  public static String names(Set<Format> formats) {
    return formats.stream()
        .map(format -> format.mediaType().name())
        .collect(Collectors.joining(", "));
  }

  /** The end of a path that asks for the format, without its dot. */
  public String extension() {
    return extension;
  }

  public static @Nullable Format ofExtension(String extension) {
    for (Format format : values()) {
      if (format.extension.equals(extension)) {
        return format;
      }
    }
    return null;
  }

  /** Returns the format that content of a type is in: by name, or by suffix (RFC 6839 §3). */
  public static @Nullable Format of(MediaType mediaType) {
    for (Format format : values()) {
      if (format.isNamed(mediaType)) {
        return format;
      }
    }
    return null;
  }

  private boolean isNamed(MediaType mediaType) {
    return mediaType.subtype().endsWith('+' + extension)
        || mediaTypes.stream().anyMatch(own -> mediaType.is(own.type(), own.subtype()));
  }

  /** Whether a document is a list of rows, and never a single value. */
  public boolean isOfRows() {
    return !OF_VALUES.contains(this);
  }

  /** Whether documents are text in UTF-8. */
  public boolean isText() {
    return this != CBOR && this != MSGPACK;
  }

  /** Returns a document that holds one value; in a format of rows, one row. */
  public byte[] fromJson(byte[] json, Columns columns) {
    return codec.fromJson(json, columns);
  }

  /** The same where no format of rows can be meant. */
  public byte[] fromJson(byte[] json) {
    return codec.fromJson(json, NO_COLUMNS);
  }

  /**
   * Returns the JSON of a whole document; of a format of rows, an array.
   *
   * @throws dev.lyrebird.journal.RefusedException where it cannot be read
   */
  public byte[] toJson(byte[] document, Columns columns) {
    return codec.toJson(document, columns);
  }

  /** The same where no format of rows can be meant. */
  public byte[] toJson(byte[] document) {
    return codec.toJson(document, NO_COLUMNS);
  }

  /**
   * Begins a list.
   *
   * @param mostBytes that may have to be gathered before the first of them can be sent
   */
  public ListWriter list(Columns columns, int mostBytes) {
    return codec.list(columns, mostBytes);
  }

  /**
   * Begins to read rows one by one; null where a document is one value, read as a whole.
   *
   * @param mostRowBytes of one row
   */
  public @Nullable RowStream rows(Columns columns, int mostRowBytes, RowStream.Sink sink) {
    return codec.rows(columns, mostRowBytes, sink);
  }
}
