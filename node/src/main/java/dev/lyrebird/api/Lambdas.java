package dev.lyrebird.api;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers with code that was given for one call each. To be set up before the node starts. */
final class Lambdas implements Resource {

  private final Map<Call, Router.Writing> code = new EnumMap<>(Call.class);
  private Router.@Nullable Connecting connecting;

  /** Returns what it takes. */
  Set<Call> calls() {
    return code.keySet();
  }

  /** Has code answer a call; tells whether there was none before. */
  boolean add(Call call, Router.Writing answer) {
    return code.putIfAbsent(call, answer) == null;
  }

  /** Has code serve connections; tells whether there was none before. */
  boolean add(Router.Connecting answer) {
    connecting = answer;
    return add(Call.CONNECT, (content, context) -> null);
  }

  @Override
  public @Nullable Object get(Context context) throws Exception {
    return answer(Call.GET, NOTHING, context);
  }

  @Override
  public @Nullable Object put(Message content, Context context) throws Exception {
    return answer(Call.PUT, content, context);
  }

  @Override
  public @Nullable Object patch(Message content, Context context) throws Exception {
    return answer(Call.PATCH, content, context);
  }

  @Override
  public @Nullable Object post(Message content, Context context) throws Exception {
    return answer(Call.POST, content, context);
  }

  @Override
  public @Nullable Object delete(Context context) throws Exception {
    return answer(Call.DELETE, NOTHING, context);
  }

  @Override
  public void publish(Message message, Context context) throws Exception {
    answer(Call.PUBLISH, message, context);
  }

  @Override
  public OutgoingMessages connect(IncomingMessages incoming, Context context) throws Exception {
    Router.Connecting known = connecting;
    if (known == null) {
      throw new NotOffered();
    }
    return known.connect(incoming, context);
  }

  private static final Message NOTHING = Message.text("");

  private @Nullable Object answer(Call call, Message content, Context context) throws Exception {
    Router.Writing known = code.get(call);
    if (known == null) {
      throw new NotOffered();
    }
    return known.answer(content, context);
  }
}
