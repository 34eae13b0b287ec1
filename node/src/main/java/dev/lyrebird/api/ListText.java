package dev.lyrebird.api;

import java.io.ByteArrayOutputStream;

/** Makes a JSON array of messages that are JSON. Owned by one thread. */
final class ListText {

  /** A list is made in memory; longer ones are asked for in parts. */
  static final int MOST_BYTES = 16 << 20;

  private final int mostBytes;
  private final ByteArrayOutputStream json = new ByteArrayOutputStream();

  ListText(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Adds an element.
   *
   * @throws ProblemException 400 where the list becomes too long
   */
  void add(Message element) {
    json.write(json.size() == 0 ? '[' : ',');
    json.writeBytes(element.bytes());
    if (json.size() > mostBytes) {
      throw new ProblemException(
          400,
          "the list is longer than %d bytes; ask for a part of it, with limit(...)"
              .formatted(mostBytes));
    }
  }

  /** Returns the list. To be called once. */
  Message message() {
    if (json.size() == 0) {
      json.write('[');
    }
    json.write(']');
    return Message.of(json.toByteArray(), "application/json", true);
  }
}
