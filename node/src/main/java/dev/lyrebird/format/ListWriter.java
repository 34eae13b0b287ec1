package dev.lyrebird.format;

import java.util.List;

/** Writes one list, as its elements come. Owned by whoever began it. */
public interface ListWriter {

  /**
   * Takes the next elements.
   *
   * @param elements each as JSON
   * @param isLast whether none follow
   * @return what can be sent by now; may be empty
   * @throws dev.lyrebird.journal.RefusedException where the list is longer than it can be
   */
  byte[] page(List<byte[]> elements, boolean isLast);
}
