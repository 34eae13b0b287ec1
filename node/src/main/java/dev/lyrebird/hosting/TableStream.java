package dev.lyrebird.hosting;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.Message;
import dev.lyrebird.schema.TableDefinition;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A table's stream on one connection. One thread waits for its end; another sends, for as long as
 * there is something to send. Nothing is sent to a client that is slow, so that it is not cut off
 * for that: it has its place in the journal.
 */
final class TableStream {

  private final LoopCalls calls;
  private final Connection outgoing;
  private final Handover<Message> handover;
  private volatile @Nullable Following<Message> following;

  private TableStream(LoopCalls calls, Connection outgoing) {
    this.calls = calls;
    this.outgoing = outgoing;
    this.handover = new Handover<>(message -> message.bytes().length, this::resume);
  }

  /** Sends what a table's stream tells until the connection ends. */
  static void run(
      LoopCalls calls,
      LoopTables loop,
      Supplier<TableDefinition> definition,
      UserStream wanted,
      Connection outgoing) {
    TableStream stream = new TableStream(calls, outgoing);
    StreamForm<Message> form = StreamForm.of(outgoing.context().protocol(), wanted);
    Following<Message> following =
        Following.begin(calls, loop, definition, wanted, form, stream.handover, stream::filled);
    stream.following = following;
    stream.resume(); // room may have been made before it was known who wants it
    try {
      outgoing.awaitClose(Deadline.NEVER);
    } finally {
      stream.handover.end();
      calls.tell(following::leave);
    }
  }

  private void resume() {
    Following<Message> known = following;
    if (known != null) {
      calls.tell(known::resume);
    }
  }

  /** Called on the loop. */
  private void filled() {
    if (handover.beginsTaking()) {
      outgoing.alongside(this::send);
    }
  }

  private void send() {
    for (Message next = handover.poll(); next != null; next = handover.poll()) {
      if (!outgoing.awaitWritable(Deadline.NEVER)) {
        return;
      }
      outgoing.send(next);
    }
  }
}
