package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Row;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.MediaType;
import dev.lyrebird.view.RowView;
import org.jspecify.annotations.Nullable;

/**
 * A row in the form in which it is sent (RFC 9110 §3.2).
 *
 * @param content before any compression; never changed after construction
 * @param mediaType fit for {@code Content-Type}
 * @param tagEnd what tells this form's entity tag from that of the plain form
 * @param isOpaque whether the content is the client's own, of a type the node does not understand
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Representation(byte[] content, String mediaType, String tagEnd, boolean isOpaque) {

  private static final String TAG_OF_WRAPPED = ".json";

  /**
   * Shows a whole row. A row of an opaque type is sent as it is to whoever takes that type, and
   * wrapped in JSON or CBOR to whoever takes only these.
   *
   * @param format that was asked for by name, or null for what the client takes best
   * @return null where the client takes none of the forms there are
   */
  static @Nullable Representation of(
      RowView view, Row row, @Nullable Format format, Accept accept) {
    Format chosen = format != null ? format : accept.format();
    return switch (view.show(row)) {
      case RowView.Shown.Structured structured ->
          ifTaken(structured.json(), chosen, accept, view.columns(), "");
      case RowView.Shown.Value value when chosen != null && !chosen.isOfRows() ->
          ifTaken(value.json(), chosen, accept, view.columns(), "");
      case RowView.Shown.Value value ->
          ifTaken(view.rowObject(row), chosen, accept, view.columns(), "");
      case RowView.Shown.Opaque opaque -> {
        MediaType mediaType = MediaType.parse(opaque.mediaType());
        int weight = accept.weight(mediaType == null ? MediaType.BINARY : mediaType);
        boolean asItIs =
            format == null && weight > 0 && (chosen == null || weight >= accept.weight(chosen));
        yield asItIs
            ? new Representation(
                opaque.content(),
                mediaType == null ? MediaType.BINARY.name() : opaque.mediaType(),
                "",
                true)
            : ifTaken(view.rowObject(row), chosen, accept, view.columns(), TAG_OF_WRAPPED);
      }
    };
  }

  /** Shows JSON in a format; null where there is none that the client takes. */
  static @Nullable Representation ifTaken(
      byte[] json, @Nullable Format format, Accept accept, Columns columns, String plainTagEnd) {
    return format == null ? null : inFormat(json, format, accept, columns, plainTagEnd);
  }

  /**
   * Shows JSON in a format.
   *
   * @param columns for formats of lines
   * @param plainTagEnd the end of the tag in JSON itself
   */
  static Representation inFormat(
      byte[] json, Format format, Accept accept, Columns columns, String plainTagEnd) {
    return new Representation(
        format.fromJson(json, columns),
        accept.mediaType(format).name(),
        format == Format.JSON ? plainTagEnd : '.' + format.extension(),
        false);
  }

  /** Whether compression is worth its while: of opaque types, for text alone. */
  boolean isCompressible() {
    return content.length > Compression.MIN_BYTES && (!isOpaque || mediaType.startsWith("text/"));
  }
}
