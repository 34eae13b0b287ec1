package dev.lyrebird.stream;

import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Subscriber;
import java.util.List;

/** A subscriber that is told nothing. */
final class DeafStream implements Subscriber<StreamTarget> {

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public boolean keepsRows() {
    return true;
  }

  @Override
  public void deliver(Event event, List<StreamTarget> subscriptions) {}

  @Override
  public void flush() {}

  @Override
  public void caughtUp(StreamTarget subscription) {}

  @Override
  public void reset(String reason) {}
}
