package dev.lyrebird.hosting;

import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.stream.Notice;
import dev.lyrebird.stream.StreamQuery;
import dev.lyrebird.stream.StreamTarget;
import dev.lyrebird.stream.Telling;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A subscriber whose events users' code takes. While the handover is full the hub keeps its place
 * in the journal, and nothing else.
 *
 * <p>Owned by the event loop of its hub.
 *
 * @param <T> what is handed over
 */
final class Following<T> implements Subscriber<StreamTarget> {

  private final StreamForm<T> form;
  private final StreamQuery query;
  private final Telling<T> telling;
  private final Handover<T> handover;
  private final Runnable filled;
  private final Member<StreamTarget> member;

  private Following(
      LoopTables loop,
      StreamTarget target,
      StreamQuery query,
      StreamForm<T> form,
      Handover<T> handover,
      Runnable filled) {
    this.form = form;
    this.query = query;
    this.telling = form.tellings().of(loop.picks(), query, target);
    this.handover = handover;
    this.filled = filled;
    this.member = loop.tables().hub().join(this);
  }

  /**
   * Begins to follow a table, and waits until that has begun.
   *
   * @param handover takes what is told; when it has room again, {@link #resume} is to be called
   * @param filled is run on the loop when something was handed over
   */
  static <T> Following<T> begin(
      LoopCalls calls,
      LoopTables loop,
      Supplier<TableDefinition> definition,
      UserStream wanted,
      StreamForm<T> form,
      Handover<T> handover,
      Runnable filled) {
    return calls.ask(answer -> {
      StreamTarget target = wanted.target(loop, definition.get());
      wanted.query().checkStart(loop.tables().hub(), target);
      Following<T> following =
          new Following<>(loop, target, wanted.query(), form, handover, filled);
      following.subscribe(target);
      handOver(following, answer);
    });
  }

  /** Whoever asked may have given up meanwhile. */
  private static <T> void handOver(Following<T> following, CompletableFuture<Following<T>> answer) {
    if (!answer.complete(following)) {
      following.leave();
    }
  }

  private void subscribe(StreamTarget target) {
    member.subscribe(target, target.tables(), query.start());
  }

  /** There is room again. */
  void resume() {
    member.resume();
  }

  /** Hears no more. */
  void leave() {
    member.leave();
    telling.end();
  }

  @Override
  public boolean isWritable() {
    return handover.hasRoom();
  }

  @Override
  public boolean conflates() {
    return query.conflates();
  }

  @Override
  public boolean keepsRows() {
    return form.isOfRows();
  }

  @Override
  public void deliver(Event event, List<StreamTarget> subscriptions) {
    T told = telling.event(event, member);
    if (told != null) {
      handover.add(told);
    }
  }

  @Override
  public void flush() {
    filled.run();
  }

  @Override
  public void caughtUp(StreamTarget subscription) {
    if (query.tellsReady() && form.isOfRows()) {
      handover.add(telling.notice(Notice.ready(), member.cursor()));
      filled.run();
    }
  }

  @Override
  public void reset(String reason) {
    telling.reset();
    if (form.isOfRows()) {
      handover.add(form.reset().apply(telling.notice(Notice.reset(reason), null)));
      filled.run();
    }
  }
}
