package dev.lyrebird.format;

import dev.lyrebird.view.Columns;
import java.util.function.UnaryOperator;

/** JSON as it is. Whoever takes it holds it against what it ought to be. */
final class JsonCodec implements Codec {

  private static final FramedList.Frame LIST =
      new FramedList.Frame(
          new byte[] {'['}, new byte[] {','}, new byte[] {']'}, UnaryOperator.identity());

  @Override
  public byte[] fromJson(byte[] json, Columns columns) {
    return json;
  }

  @Override
  public byte[] toJson(byte[] document, Columns columns) {
    return document;
  }

  @Override
  public ListWriter list(Columns columns, int mostBytes) {
    return array();
  }

  static ListWriter array() {
    return new FramedList(LIST);
  }
}
