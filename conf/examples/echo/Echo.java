import dev.lyrebird.Lyrebird;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.IncomingMessages;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Router;

/** Answers with what it is told. */
public final class Echo implements Resource {

  @Override
  public OutgoingMessages connect(IncomingMessages incoming, Context context) {
    return OutgoingMessages.from(outgoing -> {
      for (Message message : incoming) {
        outgoing.send(message);
      }
    });
  }

  @Override
  public Object post(Message content, Context context) {
    return content;
  }

  @Override
  public Object get(Context context) {
    return Response.file(Echo.class, "echo.html");
  }

  public static void main(String[] arguments) {
    Router router = new Router();
    router.resource("/echo", new Echo());
    Lyrebird.start(router, arguments);
  }
}
