package dev.lyrebird.testkit;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.hosting.HostedConnection;
import dev.lyrebird.hosting.HostedRoute;
import dev.lyrebird.hosting.Sent;
import dev.lyrebird.hosting.Wire;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client of users' code. It hears all it is sent, unless it is told to {@link #listen} no more.
 * Any thread may call; whatever it waits for it waits for {@value #PATIENCE_SECONDS} seconds.
 */
public final class TestClient implements AutoCloseable {

  static final int PATIENCE_SECONDS = 30;

  /** How a connection has ended. */
  public record End(int code, String reason) {}

  private final ExecutorService loop =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("test-client").factory());

  /** What it was sent, and nothing behind the last. */
  private final BlockingQueue<Optional<Message>> heard = new LinkedBlockingQueue<>();

  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final CompletableFuture<Boolean> arrival = new CompletableFuture<>();

  // What follows belongs to the loop.

  private boolean isAccepted;
  private boolean listens = true;
  private boolean isRead = true;
  private @Nullable HostedConnection hosted;

  TestClient() {}

  /** Connects, and waits until the code has let it in. */
  void connect(HostedRoute route, Context context) {
    on(() -> hosted = route.connect(context, new Line()));
    try {
      arrival.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      loop.shutdown();
      throw e.getCause() instanceof ProblemException problem
          ? problem
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException("nobody decided whether to let the client in", e);
    }
  }

  /** Says something: text, bytes, a {@link Message}, or what is to be sent as JSON. */
  public void say(Object message) {
    on(() -> {
      if (hosted != null) {
        hosted.received(Message.of(message));
      }
    });
  }

  /**
   * Waits for the next message, and returns it as text.
   *
   * @throws IllegalStateException where none comes
   */
  public String hear() {
    return hearMessage().text();
  }

  /** Waits for the next message, which is JSON, and returns the object that it is. */
  public <T> T hear(Class<T> type) {
    return hearMessage().as(type);
  }

  /**
   * Waits for the next message.
   *
   * @throws IllegalStateException where none comes: at once if the connection has ended
   */
  public Message hearMessage() {
    try {
      Optional<Message> next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new IllegalStateException("nothing came");
      }
      if (next.isEmpty()) {
        heard.add(next); // so it will be for all who still come
        throw new IllegalStateException("nothing came, and the end was " + end.join());
      }
      return next.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes nothing from now on, as a client does that hangs, or goes on to. */
  public void listen(boolean on) {
    on(() -> {
      listens = on;
      if (on && hosted != null) {
        hosted.drained();
      }
    });
  }

  /**
   * Tells whether it would be read, or has said more than the code has taken. Nobody reads one that
   * has been closed.
   */
  public boolean isRead() {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    return on(() -> answer.complete(isRead)) && answer.join();
  }

  /** Leaves with the code of a close frame. */
  public void leave(int code, String reason) {
    on(() -> gone(code, reason));
  }

  /** Vanishes without a word. Whatever it has said or done before has reached the node then. */
  @Override
  public void close() {
    on(() -> gone(Connection.LOST, ""));
    loop.close();
  }

  /** Waits for the end, and tells how it was. */
  public End awaitEnd() {
    try {
      return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the connection did not end", e);
    }
  }

  private void gone(int code, String reason) {
    if (hosted != null) {
      hosted.gone(code, reason); // first: who hears of the end may connect anew
    }
    if (end.complete(new End(code, reason))) {
      heard.add(Optional.empty());
    }
  }

  /** Has the loop run a task; tells whether it does, as the client has not been closed. */
  private boolean on(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }

  /** The client's end of the connection. */
  private final class Line implements Wire {

    @Override
    public void execute(Runnable task) {
      on(task);
    }

    @Override
    public void accept() {
      isAccepted = true;
      arrival.complete(true);
      if (hosted != null) {
        hosted.drained();
      }
    }

    @Override
    public void refuse(ProblemException problem) {
      arrival.completeExceptionally(problem);
    }

    @Override
    public boolean isWritable() {
      return isAccepted && listens && !end.isDone();
    }

    @Override
    public void send(Sent message) {
      heard.add(Optional.of(message.message()));
    }

    @Override
    public void flush() {}

    @Override
    public void read(boolean on) {
      isRead = on;
    }

    @Override
    public void close(int code, String reason) {
      gone(code, reason);
    }
  }
}
