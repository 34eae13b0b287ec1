package dev.lyrebird.api;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers with code that was given for one call each. To be set up before the node starts. */
final class Lambdas implements Resource {

  private final Set<Call> calls = EnumSet.noneOf(Call.class);
  private final Map<Call, Router.Writing> code = new EnumMap<>(Call.class);
  private Router.@Nullable Connecting connecting;

  /** Returns what has been reserved. */
  Set<Call> calls() {
    return Collections.unmodifiableSet(calls);
  }

  /** Reserves a call for whatever answers it; tells whether nothing did before. */
  boolean reserve(Call call) {
    return calls.add(call);
  }

  /** Has code answer a call that is reserved for it. */
  void add(Call call, Router.Writing answer) {
    code.put(call, answer);
  }

  /** Has code serve the connections that are reserved for it. */
  void add(Router.Connecting answer) {
    connecting = answer;
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
