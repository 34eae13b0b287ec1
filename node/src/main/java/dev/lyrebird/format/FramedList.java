package dev.lyrebird.format;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.UnaryOperator;

/** A list whose elements stand between an opening and a closing, each sent as soon as it comes. */
final class FramedList implements ListWriter {

  /**
   * What stands around and between the elements. Immutable.
   *
   * @param element writes one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(byte[] open, byte[] separator, byte[] close, UnaryOperator<byte[]> element) {}

  private static final int ROOM_FOR_FRAME = 16;
  private static final int ROOM_FOR_SEPARATOR = 1;

  private final Frame frame;
  private boolean hasBegun;
  private boolean isEmpty = true;

  FramedList(Frame frame) {
    this.frame = frame;
  }

  @Override
  public byte[] page(List<byte[]> elements, boolean isLast) {
    int bytes = ROOM_FOR_FRAME;
    for (byte[] json : elements) {
      bytes += json.length + ROOM_FOR_SEPARATOR; // in most formats an element takes no more
    }
    ByteArrayOutputStream page = new ByteArrayOutputStream(bytes);
    if (!hasBegun) {
      page.writeBytes(frame.open());
      hasBegun = true;
    }
    for (byte[] json : elements) {
      if (!isEmpty) {
        page.writeBytes(frame.separator());
      }
      page.writeBytes(frame.element().apply(json));
      isEmpty = false;
    }
    if (isLast) {
      page.writeBytes(frame.close());
    }
    return page.toByteArray();
  }
}
