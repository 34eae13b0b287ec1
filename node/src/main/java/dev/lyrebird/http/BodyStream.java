package dev.lyrebird.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the content of one request as it comes, decoded, and no faster than it is taken. Owned
 * by the event loop of its connection.
 *
 * <p>When the request is refused before its content has ended, the rest is read and dropped, so
 * that a client which sends before it listens gets the answer; but only so much, then the
 * connection ends. It ends as well when the client sends nothing for too long, unless it is the
 * node that takes no more.
 */
final class BodyStream {

  private final Exchange exchange;
  private final ContentDecoding decoding;
  private final long mostDropped;
  private @Nullable Sink sink;
  private long dropped;
  private boolean isRefused;
  private boolean isPaused;
  private boolean hasEnded;

  /** How often it was looked at since the last piece came, while one was wanted. */
  private int silentLooks;

  /** Takes the content of a request. What it throws is answered, and nothing follows. */
  interface Sink {

    /** Whether the next piece is wanted by now. If not, {@link BodyStream#goOn} is called later. */
    boolean hasRoom();

    /** Takes a piece, wherever it was cut. */
    void take(byte[] piece);

    /** There is no more. Never comes where the client is gone before. */
    void end();
  }

  /**
   * @param mostDropped bytes that are read of a request that was refused
   * @throws dev.lyrebird.journal.RefusedException where the content is in a coding that is not
   *     taken
   */
  BodyStream(Exchange exchange, long mostDropped) {
    this.exchange = exchange;
    this.decoding = ContentDecoding.of(exchange);
    this.mostDropped = mostDropped;
  }

  /**
   * Begins to read. Call it in the turn in which the request came.
   *
   * @param most bytes that may be sent, in whatever coding; what is to be longer is not read at all
   */
  void read(Sink taker, long most) {
    sink = taker;
    boolean waits = "100-continue".equalsIgnoreCase(exchange.header(HttpHeaders.EXPECT));
    exchange.request().handler(this::take).endHandler(nothing -> end());
    exchange.bodies().begin(exchange.request().connection(), this);
    if (announced(exchange) > most) {
      attempt(() -> {
        throw BodyReader.tooLarge(most);
      });
      if (waits) {
        exchange.request().connection().close(); // nobody can tell whether the content will follow
      }
    } else if (waits) {
      exchange.response().writeContinue();
    }
  }

  /** Returns how many bytes a request says that it brings; 0 where it does not say. */
  static long announced(Exchange exchange) {
    String length = exchange.header(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  /** There may be room again. */
  void goOn() {
    if (isPaused) {
      isPaused = false;
      silentLooks = 0;
      exchange.request().resume();
      handOn();
    }
  }

  /** Is called once a second until the content has ended. */
  void look() {
    if (!isPaused && ++silentLooks > exchange.bodies().timeoutSeconds()) {
      giveUp();
    }
  }

  private void giveUp() {
    exchange.bodies().end(exchange.request().connection());
    if (!isRefused) {
      isRefused = true;
      exchange.problem(
          Problem.of(
              408,
              "nothing more of the content came for %d seconds; see http.bodyTimeoutSeconds"
                  .formatted(exchange.bodies().timeoutSeconds()),
              HttpHeaders.CONNECTION,
              "close"));
    }
    exchange.request().connection().close();
  }

  /** Nothing more of the content is wanted, for the request is answered already. */
  void drop() {
    isRefused = true;
    isPaused = false;
    exchange.request().resume();
  }

  private void take(Buffer piece) {
    silentLooks = 0;
    if (isRefused) {
      drop(piece.length());
    } else {
      decoding.feed(piece.getBytes());
      handOn();
    }
  }

  private void end() {
    hasEnded = true;
    exchange.bodies().end(exchange.request().connection());
    handOn();
  }

  private void handOn() {
    Sink taker = sink;
    if (taker != null && !isRefused) {
      attempt(() -> handOn(taker));
    }
  }

  private void handOn(Sink taker) {
    byte[] piece;
    while (taker.hasRoom() && (piece = decoding.next()) != null) {
      taker.take(piece);
    }
    if (!taker.hasRoom()) {
      isPaused = true;
      exchange.request().pause();
    } else if (hasEnded) {
      sink = null;
      decoding.end();
      taker.end();
    }
  }

  private void attempt(Runnable work) {
    exchange.attempt(() -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        isRefused = true;
        throw e;
      }
    });
  }

  private void drop(int length) {
    dropped += length;
    if (dropped > mostDropped) {
      exchange.request().connection().close();
    }
  }
}
