package dev.lyrebird.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on Java's own HttpClient. Text messages go into the inbox, whole, however they were
 * fragmented; the end of the inbox tells the close code as {@code closed 1000 reason}.
 */
public final class WebSocketClient implements AutoCloseable {

  private final Inbox<String> inbox = new Inbox<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;

  private WebSocketClient(URI uri, String subprotocol) {
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(20));
    if (!subprotocol.isEmpty()) {
      builder.subprotocols(subprotocol);
    }
    try {
      socket = builder.buildAsync(uri, new Listener(inbox)).join();
    } catch (CompletionException e) {
      throw new UncheckedIOException(
          "cannot open " + uri, new IOException(String.valueOf(e.getCause()), e));
    }
  }

  public static WebSocketClient open(URI uri) {
    return new WebSocketClient(uri, "");
  }

  public Inbox<String> inbox() {
    return inbox;
  }

  /** Sends one text message and returns when it is handed to the socket. */
  public void send(String text) {
    socket.sendText(text, true).join();
  }

  /** Sends a close frame; the server's answer ends the inbox. */
  public void finish() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }

  private static final class Listener implements WebSocket.Listener {

    private final Inbox<String> inbox;
    private final StringBuilder message = new StringBuilder();

    Listener(Inbox<String> inbox) {
      this.inbox = inbox;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        inbox.add(message.toString());
        message.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
      inbox.end("a binary frame of " + part.remaining() + " bytes came");
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      inbox.end(("closed " + code + " " + reason).strip());
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      inbox.end("the socket broke: " + failure.getMessage());
    }
  }
}
