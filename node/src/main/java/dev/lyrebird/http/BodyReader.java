package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Gathers the content of one request, up to a limit, and refuses what is over it as soon as that is
 * known. Owned by the event loop of its connection.
 */
final class BodyReader implements BodyStream.Sink {

  private final int limit;
  private final Consumer<byte[]> then;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();

  private BodyReader(int limit, Consumer<byte[]> then) {
    this.limit = limit;
    this.then = then;
  }

  /**
   * Reads the content of a request. Call it in the turn in which the request came.
   *
   * @param limit the most bytes that are taken, as they are sent and as they are decoded
   * @param then is handed the content; what it throws is answered
   */
  static void read(Exchange exchange, int limit, Consumer<byte[]> then) {
    new BodyStream(exchange, 2L * limit).read(new BodyReader(limit, then), limit);
  }

  @Override
  public boolean hasRoom() {
    return true;
  }

  @Override
  public void take(byte[] piece) {
    if (gathered.size() + piece.length > limit) {
      throw tooLarge(limit);
    }
    gathered.writeBytes(piece);
  }

  @Override
  public void end() {
    then.accept(gathered.toByteArray());
  }

  static RefusedException tooLarge(long limit) {
    return new RefusedException(
        Refusal.of(Refusal.Reason.TOO_LARGE, "the content has more than " + limit + " bytes"));
  }
}
