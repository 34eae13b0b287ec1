package dev.lyrebird.hosting;

import dev.lyrebird.api.Change;
import dev.lyrebird.api.Changes;
import dev.lyrebird.schema.TableDefinition;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happens in a table, for users' code to read. One thread reads; any may close. */
final class HostedChanges implements Changes {

  private final Handover<Change> handover;
  private final Cleaner.Cleanable end;

  private HostedChanges(LoopCalls calls, Handover<Change> handover, Following<Change> following) {
    this.handover = handover;
    this.end =
        Forgotten.endOf(
            this,
            () -> {
              handover.end();
              calls.tell(following::leave);
            });
  }

  static HostedChanges open(
      LoopCalls calls, LoopTables loop, Supplier<TableDefinition> definition, UserStream wanted) {
    AtomicReference<@Nullable Following<Change>> known = new AtomicReference<>();
    Handover<Change> handover =
        new Handover<>(StreamForm.CHANGES.sizes(), () -> resume(calls, known.get()));
    Following<Change> following =
        Following.begin(calls, loop, definition, wanted, StreamForm.CHANGES, handover, () -> {});
    known.set(following); // before anybody takes
    return new HostedChanges(calls, handover, following);
  }

  private static void resume(LoopCalls calls, @Nullable Following<Change> following) {
    if (following != null) {
      calls.tell(following::resume);
    }
  }

  @Override
  public @Nullable Change next(Duration limit) {
    try {
      return handover.take(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a change");
    }
  }

  @Override
  public void close() {
    end.clean();
  }
}
