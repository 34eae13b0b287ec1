package dev.lyrebird.format;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A list of MessagePack, which says how many elements it has before the first of them: it is
 * gathered until that is known.
 */
final class CountedList implements ListWriter {

  private static final byte[] NOTHING = {};

  private static final byte ARRAY_32 = (byte) 0xdd;

  private final UnaryOperator<byte[]> element;
  private final int mostBytes;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
  private int count;

  CountedList(UnaryOperator<byte[]> element, int mostBytes) {
    this.element = element;
    this.mostBytes = mostBytes;
  }

  @Override
  public byte[] page(List<byte[]> elements, boolean isLast) {
    for (byte[] json : elements) {
      gathered.writeBytes(element.apply(json));
      count++;
      if (gathered.size() > mostBytes) {
        throw new RefusedException(
            Refusal.of(
                Refusal.Reason.BAD_REQUEST,
                "a list of MessagePack begins with its length and has at most "
                    + mostBytes
                    + " bytes here; add limit(...), or ask for CBOR or NDJSON"));
      }
    }
    return isLast ? whole() : NOTHING;
  }

  private byte[] whole() {
    return ByteBuffer.allocate(1 + Integer.BYTES + gathered.size())
        .put(ARRAY_32)
        .putInt(count)
        .put(gathered.toByteArray())
        .array();
  }
}
