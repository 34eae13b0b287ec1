import dev.lyrebird.Lyrebird;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.IncomingMessages;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Room;
import dev.lyrebird.api.Router;
import dev.lyrebird.api.TableResource;
import java.time.Duration;

/** The dogs of a kennel: a table, and whoever watches it leaves notes for all who do. */
public final class Dog extends TableResource {

  /** What a client says. */
  public record Note(String from, String text) {}

  /** What all hear of it. */
  public record Noted(String type, Note note) {}

  /** What each client hears every second. */
  public record Status(String type, int watching) {}

  /** What a client hears whose note cannot be read. */
  public record Fault(String type, String title) {}

  public Dog() {
    super("Dog");
  }

  @Override
  public OutgoingMessages connect(IncomingMessages incoming, Context context) throws Exception {
    return subscribe(context)
        .and(outgoing -> passOn(incoming, outgoing))
        .andEvery(Duration.ofSeconds(1), () -> new Status("status", context.everybody().size()));
  }

  private static void passOn(IncomingMessages notes, Connection client) {
    Room watchers = client.context().everybody();
    for (Message note : notes) {
      try {
        watchers.broadcast(new Noted("note", note.as(Note.class)));
      } catch (ProblemException e) {
        client.send(new Fault("error", e.detail()));
      }
    }
  }

  public static void main(String[] arguments) {
    Router router = new Router();
    router.resource("/dog/{id*}", new Dog());
    router.get("/dog", context -> Response.file(Dog.class, "dog.html"));
    Lyrebird.start(router, arguments);
  }
}
