package dev.lyrebird.api;

import java.util.Locale;

/** What a client says on its connection, taken one message after another. Stateless. */
final class Conversation {

  /** Takes a message. */
  @FunctionalInterface
  interface Taker {
    void take(Message message) throws Exception;
  }

  private Conversation() {}

  /** Returns what a client is sent whose messages are taken beside; it is told of those refused. */
  static OutgoingMessages beside(
      OutgoingMessages outgoing, IncomingMessages incoming, Taker taker) {
    return outgoing.and(connection -> carryOn(incoming, connection, taker));
  }

  private static void carryOn(IncomingMessages incoming, Connection connection, Taker taker)
      throws Exception {
    for (Message message : incoming) {
      try {
        taker.take(message);
      } catch (ProblemException e) {
        connection.send(new ConnectionHandler.Refusal("error", e.status(), e.detail()));
      } catch (Resource.NotOffered e) {
        connection.send(new ConnectionHandler.Refusal("error", 405, "no messages are taken here"));
      }
    }
  }

  /** Refuses what a resource does not allow. */
  static void check(Resource resource, Action action, Context context) throws Exception {
    if (!resource.allows(action, context)) {
      throw new ProblemException(
          403, "you may not %s here".formatted(action.name().toLowerCase(Locale.ROOT)));
    }
  }
}
