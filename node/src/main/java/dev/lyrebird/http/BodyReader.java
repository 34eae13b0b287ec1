package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Gathers the content of one request, up to a limit and as long as the node has room for it, and
 * refuses what is over as soon as that is known. Owned by the event loop of its connection.
 *
 * <p>Room is taken as bytes come, not as they are announced, and given back when the request is
 * answered: until then rows or users' code hold what was read, also when the client is gone by
 * then. What a client leaves unfinished is given back at once.
 */
final class BodyReader implements BodyStream.Sink {

  private static final byte[] NOTHING = {};

  private final BodyRoom room;
  private final int limit;
  private final int expected;
  private final Consumer<byte[]> then;

  /** As large as the room that is taken, but for the moment in which it grows. */
  private byte[] gathered = NOTHING;

  private int size;
  private long taken;
  private boolean isComplete;
  private boolean isOver;

  private BodyReader(BodyRoom room, int limit, int expected, Consumer<byte[]> then) {
    this.room = room;
    this.limit = limit;
    this.expected = expected;
    this.then = then;
  }

  /**
   * Reads the content of a request. Call it in the turn in which the request came.
   *
   * @param limit the most bytes that are taken, as they are sent and as they are decoded
   * @param then is handed the content; what it throws is answered
   */
  static void read(Exchange exchange, int limit, Consumer<byte[]> then) {
    BodyReader reader =
        new BodyReader(exchange.bodies().room(), limit, expected(exchange, limit), then);
    exchange
        .response()
        .bodyEndHandler(answered -> reader.release())
        .closeHandler(gone -> reader.giveUp());
    new BodyStream(exchange, 2L * limit).read(reader, limit);
  }

  /** Returns beyond which size the content will not grow. */
  private static int expected(Exchange exchange, int limit) {
    long announced = BodyStream.announced(exchange);
    boolean isPlain = exchange.header(HttpHeaderNames.CONTENT_ENCODING) == null;
    return isPlain && announced > 0 ? (int) Math.min(announced, limit) : limit;
  }

  @Override
  public boolean hasRoom() {
    return true;
  }

  @Override
  public void take(byte[] piece) {
    if (isOver) {
      return;
    }
    int needed = size + piece.length;
    if (needed > limit) {
      throw tooLarge(limit);
    }
    if (size == 0) {
      takeRoom(needed);
      gathered = piece; // mostly that is all of it
    } else {
      if (needed > gathered.length) {
        int grown = Math.max(needed, (int) Math.min(2L * gathered.length, expected));
        takeRoom(grown);
        gathered = Arrays.copyOf(gathered, grown);
      }
      System.arraycopy(piece, 0, gathered, size, piece.length);
    }
    size = needed;
  }

  private void takeRoom(int whole) {
    room.take(whole - taken);
    taken = whole;
  }

  @Override
  public void end() {
    if (isOver) {
      return;
    }
    isComplete = true;
    byte[] content = size == gathered.length ? gathered : Arrays.copyOf(gathered, size);
    gathered = NOTHING;
    room.give(taken - size);
    taken = size;
    then.accept(content);
  }

  private void giveUp() {
    if (!isComplete) {
      release();
    }
  }

  private void release() {
    isOver = true;
    gathered = NOTHING;
    room.give(taken);
    taken = 0;
  }

  static RefusedException tooLarge(long limit) {
    return new RefusedException(
        Refusal.of(Refusal.Reason.TOO_LARGE, "the content has more than " + limit + " bytes"));
  }
}
