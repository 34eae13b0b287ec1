package dev.lyrebird.api;

import org.jspecify.annotations.Nullable;

/**
 * Code behind a path, reached alike by REST, WebSocket, Server-Sent Events and MQTT. It is plain
 * code that may wait: each call has a virtual thread. One object serves all clients at once, so
 * what it keeps for itself must be safe for that; what belongs to a connection lives in {@link
 * #connect}.
 *
 * <p>Override what there is to be; a method that stays as it is is not offered: 405, with the
 * methods that are.
 *
 * <table>
 * <caption>What calls what</caption>
 * <tr><th>Client</th><th>Call</th></tr>
 * <tr><td>REST</td><td>{@code get put patch post delete}</td></tr>
 * <tr><td>WebSocket, MQTT subscription</td><td>{@code connect}, with what the client says</td></tr>
 * <tr><td>event stream</td><td>{@code connect}, with a client that says nothing</td></tr>
 * <tr><td>MQTT message on no subscription of its client</td><td>{@code publish}; {@code put} and
 * {@code delete} if it is to be retained, on a subscription too where these are offered</td></tr>
 * </table>
 *
 * <p>A result is null for none (404 to a GET, else 204), a {@link Response}, a {@link Message},
 * text, bytes, or anything that Jackson writes as JSON.
 */
public interface Resource {

  /** Answers GET and HEAD; null is 404. */
  default @Nullable Object get(Context context) throws Exception {
    throw new NotOffered();
  }

  /** Answers PUT; null is 204. */
  default @Nullable Object put(Message content, Context context) throws Exception {
    throw new NotOffered();
  }

  /** Answers PATCH; null is 204. */
  default @Nullable Object patch(Message content, Context context) throws Exception {
    throw new NotOffered();
  }

  /** Answers POST; null is 204. */
  default @Nullable Object post(Message content, Context context) throws Exception {
    throw new NotOffered();
  }

  /** Answers DELETE; null is 204. */
  default @Nullable Object delete(Context context) throws Exception {
    throw new NotOffered();
  }

  /** Takes a message. It is acknowledged when this returns. */
  default void publish(Message message, Context context) throws Exception {
    throw new NotOffered();
  }

  /**
   * Returns what a client is sent that listens.
   *
   * @throws ProblemException to refuse the client, who is told why
   */
  default OutgoingMessages subscribe(Context context) throws Exception {
    throw new NotOffered();
  }

  /**
   * Lets a client in, and returns what it is sent. As it stands, that is what {@link #subscribe}
   * returns, while {@link #publish} takes what the client says, each message if {@link #allows}
   * says so.
   *
   * <p>What is returned runs in any case, be the client gone meanwhile: then it finds the
   * connection closed. So it is the place for {@link Connection#onClose}, and to let go of what
   * this call has taken hold of.
   *
   * @param incoming what the client says
   * @throws ProblemException to refuse the client, who is told why
   */
  default OutgoingMessages connect(IncomingMessages incoming, Context context) throws Exception {
    return Conversation.beside(
        subscribe(context),
        incoming,
        message -> {
          Conversation.check(this, Action.PUBLISH, context);
          publish(message, context);
        });
  }

  /** Returns whether a client may; one that may not is told 403. */
  default boolean allows(Action action, Context context) throws Exception {
    return true;
  }

  /** Returns how much its connections and calls may use, where its {@link Route} sets no limits. */
  default Limits limits() {
    return Limits.DEFAULT;
  }

  /** A resource does not offer what it was asked for. */
  final class NotOffered extends RuntimeException {

    public NotOffered() {
      super("not offered", null, false, false);
    }
  }
}
